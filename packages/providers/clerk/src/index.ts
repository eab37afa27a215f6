import {
  baseUrl,
  clientSecret,
  defineProvider,
  prefixedId,
  standardClaims,
  standardIdentity,
  vendorAddress,
} from '@portico/provider'
import { z } from 'zod'

/**
 * Sign in with a Clerk instance through an OAuth application: its Frontend API is the OpenID provider
 * (https://clerk.com/docs/guides/configure/auth-strategies/oauth/how-clerk-implements-oauth).
 */
export const clerk = defineProvider({
  id: 'clerk',
  name: 'Clerk',
  options: {
    frontendApiUrl: baseUrl('Frontend API URL, e.g. `https://clerk.example.com`.', [
      {
        when: /^pk_(?:test|live)_(?<encoded>[A-Za-z0-9+/=]+)$/,
        problem: 'is the publishable key',
        remedy: 'Copy the Frontend API URL from the API keys page.',
        correct: (match) => frontendApiOf(match.groups?.['encoded'] ?? ''),
      },
      {
        when: /^sk_(?:test|live)_/,
        problem: 'is the secret key of the instance',
        remedy: 'Copy the Frontend API URL from the API keys page.',
      },
      {
        when: /^(?:https?:\/\/)?(?<host>[a-z0-9-]+)\.accounts\.dev(?:\/|$)/i,
        problem: 'is the address of the account portal',
        remedy: 'Use "https://$<host>.clerk.accounts.dev".',
      },
      vendorAddress(
        ['api.clerk.com', 'api.clerk.dev', 'dashboard.clerk.com', 'dashboard.clerk.dev'],
        'your instance',
        'Copy the Frontend API URL from the API keys page.',
      ),
    ]),
    allowProxyPath: z
      .boolean()
      .optional()
      .meta({ description: 'The Frontend API is served below a path of your own site, e.g. `/__clerk`.' }),
    organizationId: prefixedId(
      'Only members of this organization may sign in, `org_…`.',
      'org_',
      'an organization id',
    ).optional(),
  },
  client: {
    secret: clientSecret('Client secret of the OAuth application.', [
      {
        when: /^sk_(?:test|live)_/,
        problem: 'is the secret key of the instance',
        remedy: 'Copy the client secret of the OAuth application.',
      },
    ]),
  },
  derive: ({ frontendApiUrl, allowProxyPath, organizationId }, report) => {
    const { origin, pathname, hostname } = new URL(frontendApiUrl)
    if (pathname !== '/' && !allowProxyPath) {
      report(
        'frontendApiUrl',
        `must be the bare origin: remove "${pathname}"`,
        `Use "${origin}", or set allowProxyPath to true.`,
      )
    }
    if (pathname === '/' && !allowProxyPath && !/^clerk\.|\.clerk\.accounts\.dev$/.test(hostname)) {
      report(
        'frontendApiUrl',
        'is not the Frontend API, whose host begins with "clerk." or ends in ".clerk.accounts.dev"',
        'Copy the Frontend API URL from the API keys page; if it is served through your own site, set allowProxyPath to true.',
      )
    }
    return {
      oidc: {
        issuer: frontendApiUrl,
        jwksUrl: `${frontendApiUrl}/.well-known/jwks.json`,
        userinfoUrl: `${frontendApiUrl}/oauth/userinfo`,
        revocationUrl: `${frontendApiUrl}/oauth/token/revoke`,
        ...(organizationId && { requiredClaims: { org_id: organizationId } }),
      },
      browserLogin: {
        url: `${frontendApiUrl}/oauth/authorize`,
        tokenUrl: `${frontendApiUrl}/oauth/token`,
        prompts: ['none', 'login', 'consent'], // Any other is an invalid request (QuackbackIO/quackback, pull request 347).
        // With this scope the consent page asks for an organization, and the ID token names it.
        scopes: organizationId ? ['user:org:read'] : [],
      },
      clientAuthentication: { methods: ['client_secret_basic', 'client_secret_post', 'none'] },
    }
  },
  claims: standardClaims.extend({ org_id: z.string().nullish() }),
  identify: ({ org_id, ...claims }) => ({ ...standardIdentity(claims), organization: org_id ?? undefined }),
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Redirect URIs" of the OAuth application.',
  },
})

/** A publishable key is the host of the Frontend API and a dollar sign, in Base64. */
function frontendApiOf(encoded: string): string | undefined {
  try {
    const host = /^(?<host>[a-z0-9.-]+)\$$/.exec(atob(encoded))?.groups?.['host']
    return host && `Use "https://${host}".`
  } catch {
    return undefined // Not Base64: the general remedy stands.
  }
}
