import { BoundedMap } from '../bounded-map.ts'
import type { JsonObject, RequestId } from '../json-rpc.ts'
import { createToolHeaders, type ToolHeaders } from './tool-headers.ts'

/** What happens in a session that the proxy holds, in this process: a restart loses it and nothing else. */
export interface LiveSession {
  /** What the client has asked to hear about; undefined until it does. */
  logLevel?: unknown
  readonly subscriptions: Set<string>
  readonly toolHeaders: ToolHeaders
  /** A session has one GET stream. */
  hasStream: boolean
  /** Called when `subscriptions` has changed. */
  onSubscriptions?: (() => void) | undefined
  /** Answers of the client that a call is waiting for, by the id we asked under. */
  readonly waiting: Map<RequestId, (response: JsonObject) => void>
  /** Requests under way, by the client's id: what ends each. */
  readonly running: Map<RequestId, () => void>
}

export interface LiveSessions {
  /** Undefined for a session that has been ended. */
  get(id: string): LiveSession | undefined
  end(id: string): void
}

/**
 * @param maxSessions of each kind; the oldest leaves first
 * @param warn told which tool is left out, and why
 */
export function createLiveSessions(maxSessions: number, warn: (error: Error) => void): LiveSessions {
  const live = new BoundedMap<string, LiveSession>(maxSessions)
  const ended = new BoundedMap<string, true>(maxSessions)
  return {
    get(id) {
      if (ended.has(id)) return undefined
      let session = live.get(id)
      if (session === undefined) {
        session = {
          subscriptions: new Set(),
          toolHeaders: createToolHeaders(warn),
          hasStream: false,
          waiting: new Map(),
          running: new Map(),
        }
        live.set(id, session)
      }
      return session
    },
    end(id) {
      for (const stop of live.get(id)?.running.values() ?? []) stop()
      live.delete(id)
      ended.set(id, true)
    },
  }
}
