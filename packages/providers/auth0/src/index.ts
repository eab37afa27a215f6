import { bareHost, defineProvider, sharedSecretSignature, shapedText, text } from '@portico/provider'

/**
 * Sign in with an Auth0 tenant or its custom domain
 * (https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery).
 */
export const auth0 = defineProvider({
  id: 'auth0',
  name: 'Auth0',
  options: {
    auth0Domain: bareHost('Tenant or custom domain, e.g. `acme.us.auth0.com`.', [
      {
        when: /^(?:https?:\/\/)?manage\.(?:[a-z]+\.)?auth0\.com/i,
        problem: 'is the address of the Auth0 Dashboard',
        remedy: 'Copy "Domain" from the settings of the application, e.g. "acme.us.auth0.com".',
      },
      {
        when: /^[A-Za-z0-9]{32}$/,
        problem: 'looks like a client id',
        remedy: 'Copy "Domain" from the settings of the application, e.g. "acme.us.auth0.com".',
      },
    ]),
    audience: text('API identifier to ask an access token for; not needed for signing in.', [
      {
        when: /\/api\/v2\/?$/,
        problem: 'is the Auth0 Management API, which is not for logins',
        remedy: 'Remove it, or name an API of your own.',
      },
    ]).optional(),
    organization: shapedText(
      'Only members of this organization may sign in: its id `org_…`, or its name.',
      /^(?:org_[A-Za-z0-9]+|[a-z0-9][a-z0-9_-]{0,49})$/,
      { problem: 'must be an organization id beginning with "org_", or an organization name in lower case' },
      [
        {
          // Called `host` to be shown in lower case, as Auth0 stores all names.
          when: /^(?=.*[A-Z])(?!org_)(?<host>[A-Za-z0-9][\w-]{0,49})$/,
          problem: 'must be in lower case, as the names of organizations are',
          remedy: 'Use "$<host>", or the organization id.',
        },
      ],
    ).optional(),
    connection: text('Connection to sign in with, without showing the chooser.').optional(),
  },
  derive: ({ auth0Domain, audience, organization, connection, clientId }) => {
    const origin = `https://${auth0Domain}`
    return {
      oidc: {
        issuer: `${origin}/`, // The slash is part of it, on custom domains too.
        jwksUrl: `${origin}/.well-known/jwks.json`,
        algorithms: ['RS256', 'PS256', 'RS512'],
        userinfoUrl: `${origin}/userinfo`,
        endSessionUrl: `${origin}/oidc/logout`,
        revocationUrl: `${origin}/oauth/revoke`,
        ...(organization && { requiredClaims: organizationClaim(organization) }),
      },
      browserLogin: {
        url: `${origin}/authorize`,
        tokenUrl: `${origin}/oauth/token`,
        // The audience is that of the access token; the ID token's is the client id whatever is asked for.
        parameters: {
          ...(audience && { audience }),
          ...(organization && { organization }),
          ...(connection && { connection }),
        },
      },
      hints: [sharedSecretSignature('set the JsonWebToken Signature Algorithm of the application to RS256.')],
      warnings:
        clientId === undefined || /^[A-Za-z0-9]{32}$/.test(clientId)
          ? []
          : ['clientId does not have 32 letters and digits, as those of Auth0 have: is it the right value?'],
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Allowed Callback URLs" of the application.',
  },
})

/** The parameter is only a wish; the claim proves the membership (auth0.com/docs, manage-users/organizations/using-tokens). */
function organizationClaim(organization: string): Record<string, string> {
  return organization.startsWith('org_') ? { org_id: organization } : { org_name: organization }
}
