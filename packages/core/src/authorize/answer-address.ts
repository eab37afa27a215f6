import type { AuthorizationRequest, ClientRecord, TransactionRecord } from '../records.ts'

declare const proven: unique symbol

/** A redirect URI that has been compared with those of the client: nothing else may be redirected to (AS-21). */
export type ProvenRedirectUri = string & { readonly [proven]: true }

/** Where the answer to an authorization request goes, and what it always carries. */
export interface AnswerAddress {
  readonly client: ClientRecord
  readonly redirectUri: ProvenRedirectUri
  readonly responseMode: AuthorizationRequest['responseMode']
  /** Exactly as received (AS-29). */
  readonly state: string | undefined
  /** RFC 9207 (AS-30). */
  readonly issuer: string
}

/** Only `registeredRedirectUri` calls this, after the comparison. */
export function provenRedirectUri(uri: string): ProvenRedirectUri {
  return uri as ProvenRedirectUri
}

/** A transaction holds what was proven when it began. */
export function addressOf({ client, request }: TransactionRecord): AnswerAddress {
  return {
    client,
    redirectUri: provenRedirectUri(request.redirectUri),
    responseMode: request.responseMode,
    state: request.state,
    issuer: request.issuer,
  }
}
