import {
  bareHost,
  defineProvider,
  prefixedId,
  standardClaims,
  standardIdentity,
  text,
  vendorAddress,
} from '@portico/provider'
import { z } from 'zod'

/** Sign in with Kinde (https://docs.kinde.com/developer-tools/about/using-kinde-without-an-sdk/). */
export const kinde = defineProvider({
  id: 'kinde',
  name: 'Kinde',
  options: {
    kindeDomain: bareHost('Domain of the business or custom domain, e.g. `acme.kinde.com`.', [
      vendorAddress(
        ['app.kinde.com', 'www.kinde.com', 'docs.kinde.com'],
        'your business',
        'Copy "Domain" from the details of the application, e.g. "acme.kinde.com".',
      ),
    ]),
    organizationCode: prefixedId(
      'Only members of this organization may sign in, `org_…`.',
      'org_',
      'the code of an organization',
    ).optional(),
    connectionId: text('Connection to sign in with, `conn_…`.').optional(),
  },
  derive: ({ kindeDomain, organizationCode, connectionId }) => {
    const origin = `https://${kindeDomain}`
    return {
      oidc: {
        issuer: origin,
        jwksUrl: `${origin}/.well-known/jwks`,
        userinfoUrl: `${origin}/oauth2/v2/user_profile`,
        revocationUrl: `${origin}/oauth2/revoke`,
        ...(organizationCode && { requiredClaims: { org_codes: organizationCode } }),
      },
      browserLogin: {
        url: `${origin}/oauth2/auth`,
        tokenUrl: `${origin}/oauth2/token`,
        parameters: {
          ...(organizationCode && { org_code: organizationCode }),
          ...(connectionId && { connection_id: connectionId }),
        },
      },
      clientAuthentication: { methods: ['client_secret_post', 'client_secret_basic'] },
      userinfo: 'whenMissing',
      offlineAccess: { scope: 'offline' },
      logout: { url: `${origin}/logout`, redirectParameter: 'redirect' },
    }
  },
  claims: standardClaims.extend({
    given_name: z.string().nullish(),
    family_name: z.string().nullish(),
  }),
  identify: ({ given_name, family_name, ...claims }) => {
    const identity = standardIdentity(claims)
    const fullName = [given_name, family_name].filter((part) => typeof part === 'string').join(' ')
    return { ...identity, name: identity.name ?? (fullName === '' ? undefined : fullName) }
  },
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Allowed callback URLs", under "Details" of the application.',
  },
})
