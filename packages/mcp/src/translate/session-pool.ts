import { BoundedMap } from '../bounded-map.ts'
import { isJsonObject, type JsonObject } from '../json-rpc.ts'
import { legacyVersions } from '../protocol-version.ts'
import { answerOf } from './answer-of.ts'
import type { MirroredParams } from './mirrored-params.ts'
import type { SessionClient } from './session-client.ts'
import { createSessionStream, type SessionStream } from './session-stream.ts'
import { AnsweredError, type UpstreamCaller } from './upstream-caller.ts'

/** A session that the proxy has opened at an upstream of the session eras. */
export interface PooledSession {
  /** What every request in it is sent with. */
  readonly headers: Readonly<Record<string, string>>
  /** What the upstream said at `initialize`. */
  readonly server: JsonObject
  readonly capabilities: JsonObject
  /** Ids that no other request of the session has. */
  nextId(): number
  readonly stream: SessionStream
  /** Arguments that clients mirror into headers, by tool, as far as tools have been listed. */
  readonly mirrored: Map<string, MirroredParams>
  /** The level it has been told last. */
  logLevel?: unknown
}

export interface SessionPool {
  /** The client's session; opened at the first request, by one of several at a time. */
  take(client: SessionClient, upstream: UpstreamCaller): Promise<PooledSession>
  /** Forgets a session that the upstream no longer knows (PROXY-10), and no other that was opened in its place. */
  drop(session: PooledSession): void
}

/** Where a session is kept, unless another one has taken its place. */
interface Place {
  readonly key: string
  readonly opening: Promise<PooledSession>
}

/** Keeps one session per user, client and declared capabilities; the least recently used one leaves first. */
export function createSessionPool(maxSessions: number): SessionPool {
  const sessions = new BoundedMap<string, Promise<PooledSession>>(maxSessions)
  const places = new WeakMap<PooledSession, Place>()
  const leave = ({ key, opening }: Place): void => {
    if (sessions.get(key) === opening) sessions.delete(key)
  }
  const pool: SessionPool = {
    async take(client, upstream) {
      const { key } = client
      const begun = sessions.get(key)
      const opening = begun ?? openSession(client, upstream)
      sessions.delete(key)
      sessions.set(key, opening)
      try {
        const session = await opening
        places.set(session, { key, opening })
        return session
      } catch (error) {
        leave({ key, opening })
        // Whoever began the handshake may have left: that says nothing about the upstream.
        if (begun === undefined || error instanceof AnsweredError) throw error
        return pool.take(client, upstream)
      }
    },
    drop(session) {
      const place = places.get(session)
      if (place !== undefined) leave(place)
    },
  }
  return pool
}

/**
 * The handshake of the session eras.
 *
 * @throws {AnsweredError} when the upstream refuses it
 */
export async function openSession(
  { capabilities, clientInfo }: SessionClient,
  upstream: UpstreamCaller,
): Promise<PooledSession> {
  const params = { protocolVersion: legacyVersions[0], capabilities, clientInfo }
  const reply = await upstream.call('POST', { jsonrpc: '2.0', id: 0, method: 'initialize', params }, {})
  const server = (await answerOf(reply.messages, 0))?.['result']
  const version = isJsonObject(server) ? server['protocolVersion'] : undefined
  if (!isJsonObject(server) || typeof version !== 'string') throw upstream.malformed()
  const headers: Record<string, string> = {
    'mcp-protocol-version': version,
    ...(reply.sessionId === undefined ? {} : { 'mcp-session-id': reply.sessionId }),
  }
  await upstream.call('POST', { jsonrpc: '2.0', method: 'notifications/initialized' }, headers)
  let id = 0
  return {
    headers,
    server,
    capabilities: isJsonObject(server['capabilities']) ? server['capabilities'] : {},
    stream: createSessionStream(headers),
    mirrored: new Map(),
    nextId: () => ++id,
  }
}
