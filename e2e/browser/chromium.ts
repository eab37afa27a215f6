import { existsSync } from 'node:fs'

import { type Browser, chromium } from 'playwright-core'

const places = [
  process.env['PORTICO_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The Chromium of this machine, if it has one: no test brings a browser along. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path))

/** Blocks third-party cookies, as browsers do. The sandbox cannot be had by the superuser of a container. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath !== undefined && { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--test-third-party-cookie-phaseout'],
  })
}
