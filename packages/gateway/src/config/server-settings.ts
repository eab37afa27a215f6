import type { ServerSettings } from '../gateway-config.ts'
import type { FileProblem } from './file-problem.ts'
import type { GatewayBlocks } from './gateway-blocks.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'
import { resolveEnvironment } from './resolve-environment.ts'
import type { Environment } from './resolve-environment.ts'

const member = 'authorizationServer'

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

export interface ServerSettingsFile {
  readonly config: ServerSettings
  readonly problems: readonly FileProblem[]
}

/**
 * Reads `{ "policies": […], "authorizationServer": { … } }`: options of the authorization server, by their names in code.
 * Their values are checked by the server itself.
 */
export function readServerSettings(document: JsoncDocument, environment: Environment): ServerSettingsFile {
  const problems: FileProblem[] = []
  const { value } = document
  const found =
    typeof value === 'object' && value !== null && 'policies' in value && member in value
      ? value[member]
      : undefined
  if (found === undefined) return { config: {}, problems }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    problems.push(document.problemAt([member], 'must be an object of options, e.g. { "rateLimits": { … } }.'))
    return { config: {}, problems }
  }
  for (const name of Object.keys(found).filter((each) => !(each in names))) {
    const meant = nearestName(name, Object.keys(names))
    const remedy = meant === undefined ? `Use ${Object.keys(names).join(', ')}.` : `Did you mean "${meant}"?`
    problems.push(
      document.problemAt([member, name], `is not an option of the authorization server. ${remedy}`),
    )
  }
  const resolved = resolveEnvironment(
    found,
    environment,
    (place, message) => problems.push(document.problemAt(place, message)),
    [member],
  )
  return { config: problems.length > 0 ? {} : (resolved as ServerSettings), problems }
}

/** What `authorizationServer` says goes before what the `gateway` blocks of policies say. */
export function mergeSettings(blocks: GatewayBlocks['config'], settings: ServerSettings): ServerSettings {
  const { accessToken, refreshToken, registration } = blocks
  return {
    ...settings,
    ...(accessToken && { accessToken: { ...accessToken, ...settings.accessToken } }),
    ...(refreshToken && { refreshToken: { ...refreshToken, ...settings.refreshToken } }),
    ...(registration && { registration: { ...registration, ...settings.registration } }),
  }
}
