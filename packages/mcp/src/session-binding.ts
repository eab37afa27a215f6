import type { AtOnce } from './at-once.ts'
import { BoundedMap } from './bounded-map.ts'
import type { Caller } from './caller.ts'
import type { JsonObject } from './json-rpc.ts'

/** A session at an upstream of the session eras, and what the proxy has to remember about the client. */
export interface UpstreamSession {
  readonly kind: 'upstream'
  readonly upstreamId: string
  /** The account that it was opened with, as its credential named it. */
  readonly account?: string | undefined
  /** The client said at `initialize` that it opens URLs for the user (elicitation in URL mode). */
  readonly opensUrls: boolean
}

/** A session that the proxy holds itself, because the upstream has none: what the client said at `initialize`. */
export interface OwnSession {
  readonly kind: 'own'
  readonly id: string
  readonly protocolVersion: string
  readonly capabilities: JsonObject
  readonly clientInfo: JsonObject
}

/** A session at the upstream, or one that the proxy holds for a client whose era the upstream does not speak. */
export type Session = UpstreamSession | OwnSession

/**
 * Ties sessions to user and client (TL-04). The handle is all that the client ever sees of a session.
 */
export interface SessionBinding {
  /** A handle of visible ASCII for a session that `caller` has just started. */
  bind(session: Session, caller: Caller): Promise<string>
  /** The session, or undefined for a handle that is unknown, ended or of another user or client: all are 404. */
  open(handle: string, caller: Caller): AtOnce<Session | undefined>
}

/** Authenticated encryption under a key that outlives the process, e.g. the vault of `@portico/core`. */
export interface Sealer {
  seal(plaintext: string, context: readonly string[]): Promise<string>
  /** Rejects when the text, its context or the key is another one. */
  open(sealed: string, context: readonly string[]): Promise<string>
}

/** Handles whose sessions are remembered, of each route; the oldest leaves first. */
const maximumRemembered = 1_000

/**
 * Sessions without a store: all there is to know is sealed inside the handle, so that they survive restarts and reach
 * every replica (TL-06). A handle of an upstream's session is decrypted once for a caller, not for each request.
 *
 * @param route what else the handle is bound to, e.g. the endpoint's URL
 */
export function sealedSessions(sealer: Sealer, route: string): SessionBinding {
  const context = ({ subject, clientId }: Caller) => ['mcp-session', route, subject, clientId]
  const opened = new BoundedMap<string, UpstreamSession>(maximumRemembered)

  const unseal = async (handle: string, caller: Caller, key: string): Promise<Session | undefined> => {
    let text: string
    try {
      text = await sealer.open(handle, context(caller))
    } catch {
      return undefined // forged, foreign or sealed under a retired key: the client starts anew
    }
    const session = JSON.parse(text) as Session
    // A session of our own holds whatever its client declared, which may be long.
    if (session.kind === 'upstream') opened.set(key, session)
    return session
  }

  return {
    bind: (session, caller) => sealer.seal(JSON.stringify(session), context(caller)),
    open(handle, caller) {
      // With everything that the seal is bound to: what one caller has opened says nothing about another.
      const key = JSON.stringify([...context(caller), handle])
      return opened.get(key) ?? unseal(handle, caller, key)
    },
  }
}
