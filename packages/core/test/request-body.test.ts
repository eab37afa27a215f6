import { describe, expect, it } from 'vitest'

import { publicUrl, testServer } from './test-server.ts'

/** A request whose client goes, or stays, after the first bytes of its body. */
function post(path: string, headers: Record<string, string>, goes: boolean): Request {
  const form = 'grant_type=authorization_code'
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(form)),
    pull: (controller) => (goes ? controller.error(new TypeError('connection lost')) : controller.close()),
  })
  return new Request(`${publicUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
    duplex: 'half',
  } as RequestInit)
}

describe('a client that goes before its body is whole', () => {
  it.each([
    ['/oauth/token', { 'content-length': '29' }],
    ['/oauth/token', {}],
    ['/oauth/setup', { 'content-length': '29' }],
    ['/oauth/setup', {}],
  ])('is no failure of the server: POST %s with %j', async (path, headers) => {
    const server = testServer()
    const whole = await server.fetch(post(path, headers, false))
    expect([400, 401]).toContain(whole.status)
    const broken = await server.fetch(post(path, headers, true))
    expect([400, 413]).toContain(broken.status)
    expect(server.events.map(({ name }) => name)).not.toContain('server.failed')
  })
})
