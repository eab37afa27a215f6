import type { ClientAuthMethod } from '../records.ts'

/** What a client wants to register, checked as far as the RFC goes. */
export interface RegistrationRequest {
  /** Its own choice: anybody can call itself anything. */
  readonly name: string | undefined
  readonly redirectUris: readonly string[]
  readonly grantTypes: readonly string[]
  readonly authMethod: ClientAuthMethod
  readonly scope: string | undefined
  readonly clientUri: string | undefined
}

/** A reason to refuse the client, which is sent to it; `undefined` lets it in. */
export type RegistrationPolicy = (
  request: RegistrationRequest,
) => string | undefined | Promise<string | undefined>
