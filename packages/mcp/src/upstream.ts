import type { AtOnce } from './at-once.ts'
import type { Caller } from './caller.ts'

/** Which eras an upstream speaks; `auto` finds out. */
export type UpstreamEra = 'modern' | 'legacy' | 'both' | 'auto'

/** The MCP server behind the proxy. */
export interface Upstream {
  /** Its endpoint. Chosen by the operator, so it may be on a private network. */
  readonly url: string | URL
  /** Named in errors, e.g. `GitHub`. */
  readonly name: string
  /** Append the query of the client's request, without what `url` names itself; default `false`. */
  readonly forwardSearch?: boolean | undefined
  /** Which protocol eras it speaks; default `auto`: asked with `server/discover`, remembered for a while. */
  readonly era?: UpstreamEra | undefined
  /** The credential of one call; without it the upstream is called without credentials. */
  readonly authorize?: AuthorizeUpstream | undefined
}

/** What a credential may depend on. */
export interface UpstreamCall {
  readonly caller: Caller
  /** The JSON-RPC method; absent for GET, DELETE, batches and responses. */
  readonly method?: string | undefined
  /** What the host calls the client's request. */
  readonly requestId?: string | undefined
}

/** Finds the credential of one call, at once where it is known, or says what has to be done first. */
export type AuthorizeUpstream = (call: UpstreamCall) => AtOnce<UpstreamCredential | ConnectRequired>

/** Headers to send, and how to get better ones. */
export interface UpstreamCredential {
  /** Only for this upstream, e.g. `{ authorization: 'Bearer …' }`. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Names the account at the upstream, from its connection to its disconnection; another one has sessions of its own (G05). The same for a better
   * credential of it. Absent where there is only one.
   */
  readonly account?: string | undefined
  /**
   * The caller's own: the upstream knows by it whose its streams are, and they can be resumed outside of a session (TL-08).
   * Default `false`: it may be that of all callers.
   */
  readonly isPersonal?: boolean | undefined
  /**
   * Called when the upstream has answered 401 or 403; undefined when nothing better can be had. The call is repeated once:
   * when the upstream refuses the better credential too, its own `refresh` can only say what has to be done first.
   */
  refresh?(challenge: UpstreamChallenge): Promise<UpstreamCredential | ConnectRequired | undefined>
}

/** How an upstream refused a credential. Its text is never shown to the client (PROXY-05). */
export interface UpstreamChallenge {
  readonly status: 401 | 403
  /** The value of `WWW-Authenticate`, as received. */
  readonly wwwAuthenticate: string | undefined
}

/** The user, or an administrator, has to do something in a browser first. */
export interface ConnectRequired {
  /** Absolute URL on the gateway's own origin, without secrets (UP-11). */
  readonly connectUrl: string
  /** One sentence for the user. */
  readonly message: string
  /** Names the elicitation; the same for the same connection. */
  readonly elicitationId: string
}

export const isConnectRequired = (value: object): value is ConnectRequired => 'connectUrl' in value
