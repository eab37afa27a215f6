import { optionFormProblems } from '@portico/core'
import { explainProblem } from '@portico/provider'

import type { ServerSettings } from '../gateway-config.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { readOptionBlock } from './option-block.ts'
import type { OptionBlock } from './option-block.ts'
import { optionPath } from './option-path.ts'
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

const member = 'authorizationServer'

/**
 * Reads `{ "policies": […], "authorizationServer": { … } }`: options of the authorization server, by their names in code.
 * What they mean together, and with the routes, is judged by the server itself.
 */
export function readServerSettings(
  document: JsoncDocument,
  environment: Environment,
): OptionBlock<ServerSettings> {
  const block = readOptionBlock<ServerSettings>(document, environment, {
    member,
    of: 'the authorization server',
    names: Object.keys(names),
    example: '{ "rateLimits": { … } }',
  })
  const problems = optionFormProblems(block.config).map((problem) =>
    document.problemAt([member, ...optionPath(problem.option)], explainProblem(problem)),
  )
  return problems.length > 0 ? { config: {}, problems } : block
}
