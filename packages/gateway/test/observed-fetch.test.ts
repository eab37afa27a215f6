import { expect, it } from 'vitest'

import type { HostedGateway } from '../src/hosting/hosted-gateway.ts'
import { observedFetch } from '../src/hosting/observed-fetch.ts'
import { openStreams } from '../src/hosting/open-streams.ts'

it.each([
  ['is answered', false, 413],
  ['leaves before it is answered', true, 0],
])('a client that %s is in the access log as on Node', async (_what, leaves, status) => {
  let hasLeft = false
  const gateway: HostedGateway = {
    fetch() {
      hasLeft = leaves
      return Promise.resolve(new Response(null, { status: 413 }))
    },
    originFor: () => undefined,
    close: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  }
  const lines: number[] = []
  const fetch = observedFetch(gateway, { onRequest: (request) => lines.push(request.status) }, openStreams())
  const request = new Request('https://mcp.example.com/oauth/token', {
    method: 'POST',
  })
  await fetch(request, '203.0.113.7', () => hasLeft)
  expect(lines).toEqual([status])
})
