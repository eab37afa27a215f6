import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'

import { accessibilityViolations } from './accessibility.ts'

/** How somebody looks at the pages. */
export interface Look {
  readonly scheme: 'light' | 'dark'
  readonly width: 'phone' | 'desktop'
  readonly language: 'en' | 'de'
}

export interface Tab {
  readonly page: Page
  readonly twin: Page
}

/** Every two properties meet in one of these. */
export const looks: readonly [Look, ...Look[]] = [
  { scheme: 'light', width: 'desktop', language: 'en' },
  { scheme: 'dark', width: 'phone', language: 'en' },
  { scheme: 'light', width: 'phone', language: 'de' },
  { scheme: 'dark', width: 'desktop', language: 'de' },
]
const viewports = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } }
/** Chromium starts slowly on a busy machine, and nothing here depends on how fast it is. */
export const timeout = 180_000
/** Set by `pnpm screenshots`: where the pictures of the documentation go. */
const pictures = process.env['PORTICO_SCREENSHOTS']

/** A tab without scripts, and one in which axe looks at the same. */
export async function openTab(browser: Browser, { scheme, width, language }: Look): Promise<Tab> {
  const tab = async (javaScriptEnabled: boolean): Promise<Page> => {
    const context = await browser.newContext({
      javaScriptEnabled,
      colorScheme: scheme,
      viewport: viewports[width],
      locale: language,
    })
    context.setDefaultTimeout(30_000)
    onTestFinished(() => context.close())
    return context.newPage()
  }
  const [page, twin] = await Promise.all([tab(false), tab(true)])
  return { page, twin }
}

/** What must hold of every page of ours, and its picture. */
export async function inspect({ page, twin }: Tab, look: Look, name: string): Promise<void> {
  expect(await accessibilityViolations(page, twin), `${name} of ${JSON.stringify(look)}`).toEqual([])
  expect(await page.locator('html').getAttribute('lang')).toBe(look.language)
  const widths = await page.evaluate<{ scrollWidth: number; clientWidth: number }>(
    '({ scrollWidth: document.documentElement.scrollWidth, clientWidth: document.documentElement.clientWidth })',
  )
  expect(widths.scrollWidth, `${name} scrolls sideways`).toBe(widths.clientWidth)
  if (
    pictures === undefined ||
    look.language !== 'en' ||
    (look.scheme === 'dark') !== (look.width === 'phone')
  )
    return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}-${look.scheme}.png`), fullPage: true })
}
