import { defineProvider, standardClaims, standardIdentity, type Derivation } from '@portico/provider'
import { z } from 'zod'

import { userManagementAnswer, userManagementIdentity } from './user-management.ts'
import { modeOf, reportContradictions, workosClient, workosOptions } from './workos-options.ts'

/**
 * Sign in with WorkOS. An AuthKit domain is an OpenID provider (https://workos.com/docs/authkit/connect/oauth); user
 * management, which needs nothing but the credentials, answers in a format of its own
 * (https://workos.com/docs/reference/authkit/authentication).
 */
export const workos = defineProvider({
  id: 'workos',
  name: 'WorkOS',
  options: workosOptions,
  client: workosClient,
  derive: (values, report): Derivation | undefined => {
    reportContradictions(values, report)
    const { authkitDomain, organizationId, connectionId, provider = 'authkit', clientId } = values
    if (modeOf(values) === 'authkit') {
      const endpoints = `${authkitDomain}/oauth2`
      return {
        oidc: {
          issuer: authkitDomain ?? '',
          jwksUrl: `${endpoints}/jwks`,
          userinfoUrl: `${endpoints}/userinfo`,
          ...(organizationId && { requiredClaims: { org_id: organizationId } }),
        },
        browserLogin: {
          url: `${endpoints}/authorize`,
          tokenUrl: `${endpoints}/token`,
          ...(organizationId && { parameters: { organization_id: organizationId } }),
        },
        clientAuthentication: { methods: ['client_secret_post', 'client_secret_basic', 'none'] },
      }
    }
    if (clientId === undefined) {
      report('clientId', 'is missing', 'Set it, for the endpoints depend on it; or set authkitDomain.')
      return undefined
    }
    const api = 'https://api.workos.com'
    return {
      kind: 'private',
      oidc: { issuer: `${api}/user_management/${clientId}`, jwksUrl: `${api}/sso/jwks/${clientId}` },
      browserLogin: {
        url: `${api}/user_management/authorize`,
        tokenUrl: `${api}/user_management/authenticate`,
        nonce: 'absent', // There is no ID token to carry it.
        parameters: {
          ...(connectionId && { connection_id: connectionId }),
          ...(organizationId && { organization_id: organizationId }),
          ...(!connectionId && !organizationId && { provider }),
        },
      },
      clientAuthentication: { methods: ['client_secret_post'], requestEncoding: 'json' },
      logout: null,
    }
  },
  // ID tokens first: only they have a `sub`, and they may have claims of any name besides (JWT templates).
  claims: z.union([standardClaims.extend({ org_id: z.string().nullish() }), userManagementAnswer]),
  identify: (claims, _read, { organizationId }) =>
    'user' in claims
      ? userManagementIdentity(claims, organizationId)
      : { ...standardIdentity(claims), organization: claims.org_id ?? undefined },
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Redirect URIs" of the OAuth application, or for user management under "Redirects" of the environment.',
  },
})
