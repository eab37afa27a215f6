import {
  bareOrigin,
  prefixedId,
  shapedText,
  vendorAddress,
  type OptionValues,
  type Report,
} from '@portico/provider'
import { z } from 'zod'

/** An AuthKit domain, or nothing but the credentials, as the reference has it. */
export const workosOptions = {
  mode: z.enum(['authkit', 'user-management']).optional().meta({
    description:
      '`authkit` (OpenID Connect) with an AuthKit domain, which is the default then; else `user-management`.',
  }),
  authkitDomain: bareOrigin('AuthKit domain, e.g. `https://fearless-network-26.authkit.app`.', [
    vendorAddress(
      ['api.workos.com', 'dashboard.workos.com'],
      'your AuthKit domain',
      'Copy it from Domains in the WorkOS Dashboard.',
    ),
  ]).optional(),
  organizationId: prefixedId(
    'Only members of this organization may sign in, `org_…`.',
    'org_',
    'an organization id',
  ).optional(),
  connectionId: prefixedId(
    'Connection to sign in with, `conn_…`; user management only.',
    'conn_',
    'a connection id',
  ).optional(),
  provider: z
    .enum(['authkit', 'GoogleOAuth', 'MicrosoftOAuth', 'GitHubOAuth', 'AppleOAuth'])
    .optional()
    .meta({ description: 'Sign-in page of user management; default `authkit`.' }),
}

/** Client ids of WorkOS, in both modes. */
export const workosClient = {
  id: shapedText(
    'Client ID, `client_…`.',
    /^client_[0-9A-Za-z]{10,}$/,
    { problem: 'must be a client id, which begins with "client_"' },
    [
      { when: /^sk_/, problem: 'is the API key', remedy: 'Copy the client id, which begins with "client_".' },
      { when: /^https?:\/\/|workos\.com/i, problem: 'must be the client id, not a URL' },
    ],
  ),
}

type Values = OptionValues<typeof workosOptions>

/** The mode stated, or the one the options speak of. */
export function modeOf({ mode, authkitDomain }: Values): 'authkit' | 'user-management' {
  return mode ?? (authkitDomain === undefined ? 'user-management' : 'authkit')
}

/** What does not go together in the mode that is used. */
export function reportContradictions(values: Values, report: Report): void {
  const { authkitDomain, organizationId, connectionId, provider, clientSecret } = values
  const isApiKey = clientSecret?.startsWith('sk_')
  if (modeOf(values) === 'authkit') {
    if (authkitDomain === undefined)
      report('authkitDomain', 'is missing', 'Copy it from Domains in the WorkOS Dashboard.')
    if (connectionId !== undefined) report('connectionId', 'is for user management only', 'Remove it.')
    if (provider !== undefined) report('provider', 'is for user management only', 'Remove it.')
    if (isApiKey)
      report('clientSecret', 'is the API key', 'Copy the secret of the Connect OAuth application.')
    return
  }
  if (authkitDomain !== undefined)
    report('authkitDomain', 'has no meaning in user management', 'Remove it, or set mode to "authkit".')
  if ([organizationId, connectionId, provider].filter((each) => each !== undefined).length > 1) {
    report('provider', 'organizationId and connectionId exclude each other', 'Keep one of the three.')
  }
  if (clientSecret !== undefined && !isApiKey) {
    report(
      'clientSecret',
      'must be the API key of the environment, which begins with "sk_"',
      'Copy it from API Keys.',
    )
  }
}
