import type { Caller } from './caller.ts'
import { isJsonObject, type JsonRpcRequest } from './json-rpc.ts'

/**
 * What stands between an upstream's `requestState` and the client that carries it (PROXY-15): a state comes back from the
 * user, client and request it was given to, soon, or not at all (H09).
 */
export interface RequestStates {
  wrap(state: string, request: JsonRpcRequest, caller: Caller): string
  /** The upstream's own state; undefined when it is forged, foreign or too old. */
  unwrap(wrapped: string, request: JsonRpcRequest, caller: Caller): string | undefined
}

/** Message authentication under a key that outlives the process, e.g. the vault of `@portico/core`. */
export interface StateSigner {
  mac(text: string): string
  verifyMac(text: string, mac: string): boolean
}

/** Options of {@link signedRequestStates}. */
export interface SignedRequestStatesOptions {
  /** What else a state is bound to, e.g. the endpoint's URL. */
  readonly route: string
  /** How long a user may take to answer; default 900. */
  readonly ttlSeconds?: number | undefined
  /** Unix seconds. */
  readonly now?: (() => number) | undefined
}

/** States with a signature and an expiry in front; their content is the upstream's business and stays readable. */
export function signedRequestStates(signer: StateSigner, options: SignedRequestStatesOptions): RequestStates {
  const { route, ttlSeconds = 900, now = () => Math.floor(Date.now() / 1000) } = options
  const signed = (expiresAt: string, state: string, request: JsonRpcRequest, caller: Caller) =>
    JSON.stringify([route, caller.subject, caller.clientId, expiresAt, requestIdentity(request), state])

  return {
    wrap(state, request, caller) {
      const expiresAt = String(now() + ttlSeconds)
      return `${expiresAt}.${signer.mac(signed(expiresAt, state, request, caller))}.${state}`
    },
    unwrap(wrapped, request, caller) {
      const match = /^(\d{1,12})\.([^.]+)\.(.*)$/s.exec(wrapped)
      if (match === null) return undefined
      const [, expiresAt = '', mac = '', state = ''] = match
      if (!signer.verifyMac(signed(expiresAt, state, request, caller), mac)) return undefined
      return Number(expiresAt) > now() ? state : undefined
    },
  }
}

/** What a repetition adds or may change. */
const incidental = new Set(['_meta', 'inputResponses', 'requestState'])

/** What makes a repeated request the same one. */
export function requestIdentity({ method, params = {} }: JsonRpcRequest): string {
  const salient = Object.entries(params).filter(([name]) => !incidental.has(name))
  return JSON.stringify([method, sorted(Object.fromEntries(salient))])
}

/** The same value whatever the order of its members; lists and objects stay told apart. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return { list: value.map(sorted) }
  if (!isJsonObject(value)) return value
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)])
}
