import { expect, it, vi } from 'vitest'

import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const eventually = { timeout: 30_000 }

interface Started {
  readonly publicUrl: string
  readonly admin: string
}

/** Serves for as long as `use` takes. */
async function serveWhile(use: (started: Started) => Promise<void>) {
  let output = ''
  return run(['serve', '--port', '0', '--json'], {
    directory: temporaryDirectory(
      oneRouteFiles({
        logtoEndpoint: 'http://localhost:3001',
        clientId: 'k9x2m4',
        clientSecret: 'wJ8vT2nQx5Lr',
      }),
    ),
    environment: { PORTICO_STORAGE: 'memory:', PORTICO_ADMIN_PORT: '0' },
    write: (text) => {
      output += text
    },
    untilStopped: () => use(JSON.parse(output.split('\n')[0] ?? '') as Started),
  })
}

it('portico serve counts for the admin side, and says nothing of it where users come in', async () => {
  const { code } = await serveWhile(async ({ publicUrl, admin }) => {
    const document = await fetch(`${publicUrl}/.well-known/oauth-authorization-server`)
    expect(document.status).toBe(200)
    await document.arrayBuffer()
    // A request is counted when its answer is over, which its reader may hear of a little earlier.
    await vi.waitFor(async () => {
      const answer = await fetch(`${admin}/metrics`)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
      const text = await answer.text()
      expect(text).toContain(
        'portico_http_requests_total{method="GET",route="/.well-known/oauth-authorization-server",status="200"} 1',
      )
      expect(text).toContain('process_cpu_seconds_total')
    }, eventually)
    expect((await fetch(`${publicUrl}/metrics`)).status).toBe(404)
  })
  expect(code).toBe(0)
})
