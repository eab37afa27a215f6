import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openDemoFiles } from '@portico/gateway-app/demo-files'
import { type DemoOptions, freePorts, type RunningDemo, startDemo } from '@portico/gateway-app/start-demo'
import { createScriptedBrowser, type ScriptedBrowser } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import { onTestFinished } from 'vitest'

/** Where the clients of these tests are called back; nobody listens there, the browser stops before it. */
export const redirectUri = 'http://127.0.0.1:33418/callback'

/** Starts everything on free ports and with records of its own, for the rest of the test. */
export async function runDemo(options: Pick<DemoOptions, 'configDirectory'> = {}): Promise<RunningDemo> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-e2e-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const demo = await startDemo(freePorts, { ...openDemoFiles(directory), ...options })
  onTestFinished(() => demo.close())
  return demo
}

/** A browser that talks to the real servers. */
export const createBrowser = (): ScriptedBrowser =>
  createScriptedBrowser({ fetch: nodeFetch, stopAt: [redirectUri] })
