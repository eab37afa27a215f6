import { baseUrl, defineProvider, pageBelow, pathSegment } from '@portico/provider'
import { z } from 'zod'

/**
 * Sign in with authentik: each application has an issuer of its own, while the authorization and token endpoint are
 * shared (https://docs.goauthentik.io/add-secure-apps/providers/oauth2/).
 */
export const authentik = defineProvider({
  id: 'authentik',
  name: 'authentik',
  options: {
    authentikUrl: baseUrl('Address of the server, e.g. `https://auth.example.com`.', [
      {
        when: /^(?<host>https?:\/\/[^/?#]+)(?<path>(?:\/[\w.-]+)*?)\/application\/o\/(?<slug>[\w-]+)/i,
        problem: 'contains the application, which has an option of its own',
        remedy: 'Set it to "$<host>$<path>" and applicationSlug to "$<slug>".',
      },
      pageBelow(['if/admin', 'if/user', 'if/flow'], 'is a page of the server, not its address'),
    ]),
    applicationSlug: pathSegment('Slug of the application.', [
      {
        when: /^(?:authorize|token|device|userinfo|introspect|revoke)$/,
        problem: 'is the name of an endpoint, which no application can have',
        remedy: 'Copy "Slug" from the settings of the application.',
      },
      {
        when: /\s/,
        problem: 'looks like the name of the application',
        remedy: 'Copy "Slug" from the settings of the application: it has no spaces.',
      },
    ]),
    issuerMode: z
      .enum(['per_provider', 'global'])
      .optional()
      .meta({ description: 'Issuer mode of the provider; default `per_provider`: each has another issuer.' }),
  },
  derive: ({ authentikUrl, applicationSlug, issuerMode = 'per_provider', signIn }) => {
    const shared = `${authentikUrl}/application/o`
    const own = `${shared}/${encodeURIComponent(applicationSlug)}/`
    const global = `${authentikUrl}/`
    return {
      oidc: {
        issuer: issuerMode === 'global' ? global : own,
        jwksUrl: `${own}jwks/`,
        algorithms: ['RS256', 'ES256', 'ES384', 'ES512'], // Whatever the signing key is.
        userinfoUrl: `${shared}/userinfo/`,
        endSessionUrl: `${own}end-session/`,
        revocationUrl: `${shared}/revoke/`,
        discoveryUrl: `${own}.well-known/openid-configuration`,
      },
      browserLogin: { url: `${shared}/authorize/`, tokenUrl: `${shared}/token/` },
      userinfo: 'whenMissing',
      hints: [
        {
          member: 'alg',
          value: 'HS256',
          remedy:
            'The ID token is signed with the client secret: select a Signing Key in the settings of the provider.',
        },
        issuerMode === 'global'
          ? {
              member: 'iss',
              value: own,
              remedy: 'The provider has an issuer of its own: set issuerMode to "per_provider".',
            }
          : {
              member: 'iss',
              value: global,
              remedy: 'All providers have the same issuer: set issuerMode to "global".',
            },
        {
          member: 'alg',
          value: 'RSA-OAEP-256',
          remedy: 'Remove the Encryption Key from the settings of the provider.',
        },
      ],
      warnings:
        signIn?.requireVerifiedEmail || signIn?.allowedDomains
          ? [
              'authentik says of no address that it is verified unless a scope mapping does (since 2025.10): nobody could sign in.',
            ]
          : [],
    }
  },
  explain: {
    redirect_uri:
      'Add the callback address to "Redirect URIs/Origins" of the provider; upper and lower case differ.',
  },
})
