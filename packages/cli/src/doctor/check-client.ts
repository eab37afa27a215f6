import type { IdentityProvider } from '@portico/provider'

import { type Finding, ok, problem, warning } from './finding.ts'
import { applicationAt, type ProviderUnderTest } from './provider-under-test.ts'

/** Codes that say: we know you, but not this code. */
const unknownCode = new Set(['invalid_grant', 'bad_verification_code'])
const unknownClient =
  /^(?:invalid_client|unauthorized_client|incorrect_client_credentials|access_denied|AADSTS7\d+)$/

/** Presents a code that nobody issued: the provider checks who asks before it looks at the code. */
export async function checkClient({ provider, probe }: ProviderUnderTest): Promise<Finding> {
  const { name, client, browserLogin } = provider
  let response: Response
  try {
    response = await probe.tokenAnswer()
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    return problem(
      'client_credentials',
      `${browserLogin.tokenUrl} cannot be reached: ${cause}.`,
      'Every login needs it: correct the options it is derived from, and check whether this machine can reach it.',
    )
  }
  if (response.status >= 500 || response.status === 429) {
    return warning(
      'client_credentials',
      `${browserLogin.tokenUrl} answered ${response.status}.`,
      'Try again later.',
    )
  }
  const { code, description } = await errorOf(response)
  const explanation = code === undefined ? undefined : provider.explain({ stage: 'token', code, description })
  if (code !== undefined && unknownCode.has(code)) {
    return ok('client_credentials', `${name} knows the client and accepts ${client.authMethod}.`)
  }
  if (response.status === 401 || (code !== undefined && unknownClient.test(code))) {
    return problem(
      'client_credentials',
      `${name} refuses the client with ${JSON.stringify(code ?? `status ${response.status}`)}.`,
      explanation ?? wrongCredentials(provider),
    )
  }
  const said = code === undefined ? `status ${response.status} and no error` : JSON.stringify(code)
  return warning(
    'client_credentials',
    `${name} answered a token request with ${said}, which does not show whether it knows the client.`,
    explanation ?? `If logins fail, compare the client id and secret with ${applicationAt(provider)}.`,
  )
}

function wrongCredentials(provider: IdentityProvider): string {
  const { authMethod } = provider.client
  const secret = authMethod === 'private_key_jwt' ? 'key' : 'secret'
  return `Copy the client ${secret} of ${applicationAt(provider)} again, and check that it allows "${authMethod}" (tokenEndpointAuthMethod).`
}

async function errorOf(
  response: Response,
): Promise<{ readonly code?: string; readonly description?: string }> {
  let body: unknown
  try {
    body = await response.json()
  } catch {
    return {}
  }
  if (typeof body !== 'object' || body === null) return {}
  const code = 'error' in body ? body.error : undefined
  const description = 'error_description' in body ? body.error_description : undefined
  return {
    ...(typeof code === 'string' && { code: code.slice(0, 100) }),
    ...(typeof description === 'string' && { description }),
  }
}
