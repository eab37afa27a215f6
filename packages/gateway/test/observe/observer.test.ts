import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { demoUrl, publicUrl, testGateway } from '../test-gateway.ts'
import { lineOf, type Recorded, recordingObserver } from './recording-observer.ts'

/** What is outermost: requests, and nothing else while somebody is served. */
const outermost = (operations: readonly Recorded[]) => operations.filter(({ parent }) => !parent)

const within = (operations: readonly Recorded[], root: Recorded) =>
  operations.filter((recorded) => recorded !== root && rootOf(recorded) === root).map(lineOf)

const rootOf = (recorded: Recorded): Recorded => (recorded.parent ? rootOf(recorded.parent) : recorded)

describe('an observer of a gateway', () => {
  it('sees every request of a sign-in and a call, and in each what it consists of', async () => {
    const { observer, operations, events } = recordingObserver()
    const { client, upstreamRequests } = testGateway({ observer })
    const connection = await client.connect(demoUrl)
    await connection.call('tools/list')

    const roots = outermost(operations)
    expect(roots.map(lineOf)).toEqual([
      'POST /mcp/demo 401',
      'GET /.well-known/oauth-protected-resource/mcp/demo 200',
      'GET /.well-known/oauth-authorization-server/mcp/demo 200',
      'POST /oauth/register 201',
      'GET /oauth/authorize/{route} 303',
      'GET /oauth/setup 303',
      'GET /oauth/callback/{provider} 303',
      'GET /oauth/setup 200',
      'POST /oauth/setup 303',
      'POST /oauth/token 200',
      'POST /mcp/demo 200',
    ])
    const callback = roots.find(({ operation }) =>
      lineOf({ operation, parent: undefined }).includes('callback'),
    )
    expect(callback && within(operations, callback)).toEqual(
      expect.arrayContaining([
        'POST acme https://acme.example/token 200',
        'GET acme https://acme.example/jwks 200',
        'take login',
      ]),
    )
    const call = roots.at(-1)
    expect(call && within(operations, call)).toContain('POST upstream of /mcp/demo 200')
    expect(upstreamRequests.at(-1)?.headers.get('traceparent')).toMatch(/^00-0af7/)
    expect(events).toEqual(expect.arrayContaining(['login.succeeded', 'token.issued', 'route.used']))
  })

  it('is told of a storage that fails, next to one that answers', async () => {
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    const { observer, operations } = recordingObserver()
    const { request } = testGateway({ observer, storage })
    const register = () =>
      request(`${publicUrl}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:33418/callback'] }),
      })
    expect((await register()).status).toBe(201)
    expect(operations.map(lineOf)).toContain('set client')
    operations.length = 0
    storage.set = () => Promise.reject(new StorageUnavailableError('away'))
    expect((await register()).status).toBe(503)
    expect(operations.map(lineOf)).toContain('set client failed')
  })

  it('names few routes, whatever is asked for', async () => {
    const { observer, operations } = recordingObserver()
    const { request } = testGateway({ observer })
    for (let index = 0; index < 50; index += 1) {
      await request(`${publicUrl}/${crypto.randomUUID()}`)
      await request(`${publicUrl}/oauth/callback/${crypto.randomUUID()}`)
      await request(`${publicUrl}/oauth/authorize/mcp/${crypto.randomUUID()}`)
      await request(`${publicUrl}/.well-known/oauth-authorization-server/${crypto.randomUUID()}`)
      await request(`${publicUrl}/mcp-registry/v0.1/servers/${crypto.randomUUID()}`)
    }
    const routes = new Set(
      operations.flatMap(({ operation }) => (operation.kind === 'request' ? [operation.route] : [])),
    )
    expect([...routes]).toEqual([
      undefined,
      '/oauth/callback/{provider}',
      '/oauth/authorize/{route}',
      '/mcp-registry/v0.1/{path}',
    ])
  })

  it('decides about nothing: one that throws changes no answer', async () => {
    const fails = () => {
      throw new Error('the observer is broken')
    }
    const broken = { begin: fails, event: fails, streams: fails }
    const { observer, operations } = recordingObserver()
    const { client } = testGateway({ observer: [broken, observer] })
    const connection = await client.connect(demoUrl)
    expect((await connection.call('tools/list')).status).toBe(200)
    expect(operations.length).toBeGreaterThan(10)
  })
})
