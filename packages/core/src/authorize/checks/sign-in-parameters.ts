import { OAuthError } from '../../oauth-error.ts'
import type { AuthorizationRequest } from '../../records.ts'
import type { Arrival } from '../check.ts'

const knownPrompts: ReadonlySet<string> = new Set(['none', 'login', 'consent', 'select_account'])
const maximumHint = 320

type SignInParameters = Pick<
  AuthorizationRequest,
  'prompt' | 'maxAge' | 'loginHint' | 'acrValues' | 'provider'
>

/** AS-41, IDP-12: how the client wants the user to sign in (OpenID Connect Core §3.1.2.1). Unknown values are ignored. */
export function signInParameters({ context, parameters }: Arrival): SignInParameters {
  const prompt = (parameters.get('prompt') ?? '').split(' ').filter((value) => knownPrompts.has(value))
  if (prompt.includes('none') && prompt.length > 1) {
    throw new OAuthError('invalid_request', 'prompt must not combine none with other values.')
  }
  const maxAge = parameters.get('max_age')
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) {
    throw new OAuthError('invalid_request', 'max_age must be a number of seconds.')
  }
  const loginHint = shortText(parameters.get('login_hint'))
  const acrValues = shortText(parameters.get('acr_values'))
  const provider = context.settings.providers.find(({ id }) => id === parameters.get('idp'))
  return {
    prompt,
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    ...(loginHint !== undefined && { loginHint }),
    ...(acrValues !== undefined && { acrValues }),
    ...(provider && { provider: provider.id }),
  }
}

function shortText(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= maximumHint ? value : undefined
}
