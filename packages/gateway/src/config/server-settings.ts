import type { ServerSettings } from '../gateway-config.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { readOptionBlock } from './option-block.ts'
import type { OptionBlock } from './option-block.ts'
import type { Environment } from './resolve-environment.ts'

/** Everything that `authorizationServer` in the policies file may say. */
const names: Readonly<Record<keyof ServerSettings, true>> = {
  accessToken: true,
  backChannelLogout: true,
  basePath: true,
  clients: true,
  codeTtlSeconds: true,
  deviceAuthorization: true,
  dpop: true,
  dpopNonceTtlSeconds: true,
  identityAssertions: true,
  pushedAuthorizationRequests: true,
  rateLimits: true,
  recheckUsersSeconds: true,
  refreshToken: true,
  registration: true,
  rememberConsentSeconds: true,
  sessionTtlSeconds: true,
  theme: true,
  transactionTtlSeconds: true,
}

/**
 * Reads `{ "policies": […], "authorizationServer": { … } }`: options of the authorization server, by their names in code.
 * Their values are checked by the server itself.
 */
export function readServerSettings(
  document: JsoncDocument,
  environment: Environment,
): OptionBlock<ServerSettings> {
  return readOptionBlock(document, environment, {
    member: 'authorizationServer',
    of: 'the authorization server',
    names: Object.keys(names),
    example: '{ "rateLimits": { … } }',
  })
}
