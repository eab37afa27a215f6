import { type Key, memoryStorage, type Storage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { testServer } from './test-server.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  refreshForm,
  registerClient,
  requestToken,
  signedInClient,
} from './token-client.ts'

/** A server with opaque tokens, and the kinds that it wrote together: none of them waited for another. */
function observedServer() {
  const memory = memoryStorage({ now: () => 1_800_000_000 })
  const trips: string[][] = []
  const failing = new Set<string>()
  const written: Key[] = []
  let underWay: string[] | undefined
  const set: Storage['set'] = async (key, entry, when) => {
    const [kind] = key
    written.push(key)
    if (underWay) underWay.push(kind)
    else trips.push((underWay = [kind]))
    await new Promise(setImmediate)
    underWay = undefined
    if (failing.has(kind)) throw new StorageUnavailableError('The test switched it off.')
    return memory.set(key, entry, when)
  }
  const server = testServer({ storage: { ...memory, set }, accessToken: { format: 'opaque' } })
  /** What is left of the records of one kind that were ever written. */
  const left = async (kind: string) => {
    const records = await Promise.all(written.filter((key) => key[0] === kind).map(memory.get))
    return records.filter((record) => record !== undefined)
  }
  return { server, trips, failing, left }
}

describe('writing tokens', () => {
  it('AS-54 B05 writes everything that a code is exchanged for together, once the code is won', async () => {
    const { server, trips } = observedServer()
    const { client_id: clientId } = await registerClient(server)
    const form = codeForm(clientId, await approvedCode(server, clientId))
    await server.ready()
    trips.length = 0
    expect((await requestToken(server, form)).status).toBe(200)
    expect(trips.map((kinds) => kinds.toSorted())).toEqual([
      ['code'],
      ['access-token', 'grant', 'refresh-token'],
      ['client'],
    ])
  })

  it('AS-64 rotates a refresh token and keeps the access token in one round trip', async () => {
    const { server, trips } = observedServer()
    const { clientId, tokens } = await signedInClient(server)
    trips.length = 0
    const { body } = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeDefined()
    expect(trips.map((kinds) => kinds.toSorted())).toEqual([['access-token', 'refresh-token']])
  })

  it('AS-65 costs nobody a refresh token when the access token could not be kept', async () => {
    const { server, failing } = observedServer()
    const { clientId, tokens } = await signedInClient(server)
    const form = refreshForm(clientId, tokens.refresh_token)
    failing.add('access-token')
    expect((await requestToken(server, form)).body.error).toBe('temporarily_unavailable')
    failing.clear()
    const again = await requestToken(server, form)
    expect(again.status).toBe(200)
    expect(await server.verifyAccessToken(again.body.access_token, demoResource)).toBeDefined()
  })

  it('AS-64 leaves no access token of a refresh token that was used before', async () => {
    const { server, left } = observedServer()
    const { clientId, tokens } = await signedInClient(server)
    const form = refreshForm(clientId, tokens.refresh_token)
    const { body } = await requestToken(server, form)
    await requestToken(server, refreshForm(clientId, body.refresh_token))
    expect(await left('access-token')).toHaveLength(3)
    expect((await requestToken(server, form)).body.error).toBe('invalid_grant')
    expect(await left('access-token')).toEqual([])
  })
})
