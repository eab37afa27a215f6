import { expect, it } from 'vitest'

import type { JsonObject } from '../src/index.ts'
import type { SessionClient } from '../src/translate/session-client.ts'
import { createSessionPool } from '../src/translate/session-pool.ts'
import { AnsweredError, type UpstreamCaller } from '../src/translate/upstream-caller.ts'
import { ada } from './peers/gateway.ts'

const client: SessionClient = { caller: ada, capabilities: {}, clientInfo: {}, key: 'ada' }

/** An upstream that begins a session whenever it is asked to. */
function sessions(): UpstreamCaller {
  let begun = 0
  async function* answer(): AsyncGenerator<JsonObject> {
    yield { jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-06-18' } }
  }
  return {
    call: () => Promise.resolve({ status: 200, sessionId: `session-${(begun += 1)}`, messages: answer() }),
    malformed: () => new AnsweredError({ status: 502, headers: {}, body: '' }),
  }
}

it('PROXY-10 of calls that find their session forgotten, the last one leaves the new session of the first alone', async () => {
  const pool = createSessionPool(10)
  const upstream = sessions()
  const forgotten = await pool.take(client, upstream)
  expect(await pool.take(client, upstream)).toBe(forgotten)
  pool.drop(forgotten)
  const renewed = await pool.take(client, upstream)
  expect(renewed).not.toBe(forgotten)
  pool.drop(forgotten)
  expect(await pool.take(client, upstream)).toBe(renewed)
  pool.drop(renewed)
  expect(await pool.take(client, upstream)).not.toBe(renewed)
})
