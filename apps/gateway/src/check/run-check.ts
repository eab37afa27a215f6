import { serveOnLoopback } from '@portico/test-peers/node'

import type { RunningDemo } from '../start-demo.ts'
import { checkFlow } from './check-flow.ts'
import { createReport } from './report.ts'

/** Much longer than it takes; a hanging step must not hang a script. */
const limitMs = 60_000

/**
 * Drives a client of the official SDK through everything, once registered dynamically and once known by a document.
 *
 * @throws at the first step that fails, after its line was written
 */
export async function runCheck(demo: RunningDemo, write: (text: string) => void): Promise<void> {
  const report = createReport(write, AbortSignal.timeout(limitMs))
  report.heading('A client that registers itself (RFC 7591)')
  await checkFlow(demo, { kind: 'DCR' }, report)

  let fetches = 0
  const documents = await serveOnLoopback((origin) => () => {
    fetches += 1
    return Response.json({
      client_id: `${origin}/client.json`,
      client_name: 'Portico demo check',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    })
  })
  try {
    report.heading('A client that is known by its metadata document')
    const clientId = `${documents.origin}/client.json`
    await checkFlow(demo, { kind: 'CIMD', clientId, fetches: () => fetches }, report)
  } finally {
    await documents.close()
  }
}
