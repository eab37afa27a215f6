import { answerPage, createScriptedBrowser, createScriptedMcpClient, type Page } from '@portico/test-peers'
import { freePort, nodeFetch } from '@portico/test-peers/node'

import { runSuite, type SuiteRun } from './run-suite.ts'
import type { Subject } from './start-subject.ts'

/** Opens the address that the suite prints, and answers every page until the suite's own callback has been reached. */
async function signIn(url: string, callback: string): Promise<void> {
  let page: Page = await createScriptedBrowser({ fetch: nodeFetch }).open(url)
  while (!page.url.startsWith(callback)) page = await answerPage(page, {})
}

/** Runs the suite's checks of an authorization server against one issuer of the gateway. */
export async function checkAuthorization(
  subject: Subject,
  issuer: string,
  resource: string | undefined,
  outputDirectory: string,
): Promise<SuiteRun> {
  const port = await freePort()
  const callback = `http://127.0.0.1:${port}/callback`
  const browser = createScriptedBrowser({ fetch: nodeFetch })
  const client = createScriptedMcpClient({ fetch: nodeFetch, browser, redirectUri: callback })
  const { clientId } = await client.register(await client.authorizationServer(issuer))

  const opened = new Set<string>()
  let failure: unknown
  const run = await runSuite(
    [
      'authorization',
      `--url=${issuer}`,
      `--client-id=${clientId}`,
      ...(resource === undefined ? [] : [`--resource=${resource}`]),
      `--port=${port}`,
      `--output-dir=${outputDirectory}`,
    ],
    (soFar) => {
      for (const url of soFar.match(/https?:\/\/\S+[?&]code_challenge=\S+(?=\s)/g) ?? []) {
        if (opened.has(url)) continue
        opened.add(url)
        signIn(url, callback).catch((error: unknown) => {
          failure = error
        })
      }
    },
  )
  if (failure !== undefined) throw new Error(`Nobody could sign in at ${subject.origin}`, { cause: failure })
  return run
}
