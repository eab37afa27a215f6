import {
  bareOrigin,
  defineProvider,
  shapedText,
  standardClaims,
  standardIdentity,
  text,
} from '@portico/provider'
import { z } from 'zod'

/**
 * Sign in with a Logto tenant: its OpenID provider is mounted at `/oidc`
 * (https://docs.logto.io/integrate-logto/application-data-structure).
 */
export const logto = defineProvider({
  id: 'logto',
  name: 'Logto',
  options: {
    logtoEndpoint: bareOrigin('Tenant endpoint, e.g. `https://acme.logto.app`.', [
      {
        when: /^(?:https?:\/\/)?cloud\.logto\.io/i,
        problem: 'is the address of the Logto Console',
        remedy:
          'Copy the tenant endpoint from Settings → Domains; it looks like "https://your-tenant.logto.app".',
      },
      {
        when: /^(?:https?:\/\/)?([^/?#:]+):3002(?![0-9])/i,
        problem: 'is the address of the admin console of a self-hosted server, on port 3002',
        remedy: 'Use the address users sign in at; its default port is 3001.',
      },
    ]),
    directSignIn: shapedText(
      'Skips the sign-in page: `social:<target>` or `sso:<connector id>`.',
      /^(?:social|sso):[\w-]+$/,
      { problem: 'must have the form "social:<target>" or "sso:<connector id>"' },
    ).optional(),
    firstScreen: z
      .enum([
        'sign_in',
        'register',
        'reset_password',
        'single_sign_on',
        'identifier:sign_in',
        'identifier:register',
      ])
      .optional()
      .meta({ description: 'The screen users see first.' }),
    organizationIds: z
      .array(text('Organization id.'))
      .min(1)
      .optional()
      .meta({ description: 'Only members of one of these organizations may sign in.' }),
  },
  derive: ({ logtoEndpoint, directSignIn, firstScreen, organizationIds }) => {
    const issuer = `${logtoEndpoint}/oidc`
    return {
      // New tenants sign with a P-384 key, older ones with RSA; the key's type decides (logto-io/logto, env-set/oidc.ts).
      oidc: {
        issuer,
        jwksUrl: `${issuer}/jwks`,
        algorithms: ['ES384', 'RS256', 'ES256', 'ES512'],
        userinfoUrl: `${issuer}/me`,
        endSessionUrl: `${issuer}/session/end`,
        revocationUrl: `${issuer}/token/revocation`,
        ...(organizationIds && { requiredClaims: { organizations: organizationIds } }),
      },
      browserLogin: {
        url: `${issuer}/auth`,
        tokenUrl: `${issuer}/token`,
        responseIss: 'required',
        prompts: ['none', 'login', 'consent'], // Any other is an invalid request (logto-io/logto, oidc/init.ts).
        scopes: organizationIds ? ['urn:logto:scope:organizations'] : [],
        parameters: {
          ...(directSignIn && { direct_sign_in: directSignIn }),
          ...(firstScreen && { first_screen: firstScreen }),
        },
      },
      offlineAccess: { scope: 'offline_access', parameters: { prompt: 'consent' } },
    }
  },
  claims: standardClaims.extend({ username: z.string().nullish() }),
  identify: ({ username, ...claims }) => {
    const identity = standardIdentity(claims)
    return { ...identity, name: identity.name ?? username ?? undefined }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Redirect URIs" in the settings of the application.',
  },
})
