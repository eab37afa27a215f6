import {
  defineProvider,
  hostLabel,
  sharedSecretSignature,
  standardClaims,
  standardIdentity,
  wholeAddress,
} from '@portico/provider'
import { z } from 'zod'

/** Sign in with OneLogin, version 2 of its OpenID provider (https://developers.onelogin.com/openid-connect). */
export const onelogin = defineProvider({
  id: 'onelogin',
  name: 'OneLogin',
  options: {
    oneLoginSubdomain: hostLabel('Subdomain of the account: `acme` of `acme.onelogin.com`.', [
      {
        when: /^(?:https?:\/\/)?openid-connect(?:-eu)?(?:\.onelogin\.com|$)/i,
        problem: "belongs to version 1 of OneLogin's OpenID Connect, which is retired",
        remedy: 'Use the subdomain of your account.',
      },
      {
        when: /^(?:https?:\/\/)?(?:www|api|app|developers)(?:\.(?:us|eu))?(?:\.onelogin\.com|$)/i,
        problem: 'is an address of the vendor, not of your account',
        remedy: 'Use the subdomain you sign in at.',
      },
      wholeAddress('onelogin.com', 'the subdomain'),
    ]),
  },
  derive: ({ oneLoginSubdomain }) => {
    const issuer = `https://${oneLoginSubdomain}.onelogin.com/oidc/2`
    return {
      oidc: {
        issuer,
        jwksUrl: `${issuer}/certs`,
        algorithms: ['RS256', 'PS256'],
        userinfoUrl: `${issuer}/me`,
        endSessionUrl: `${issuer}/logout`,
        revocationUrl: `${issuer}/token/revocation`,
      },
      browserLogin: { url: `${issuer}/auth`, tokenUrl: `${issuer}/token` },
      // Whichever of them the application is set to is the only one that works.
      clientAuthentication: { methods: ['client_secret_post', 'client_secret_basic', 'none'] },
      offlineAccess: null, // Version 2 has no such scope, and unknown scopes fail.
      hints: [sharedSecretSignature('set the signature algorithm of the application to RS256.')],
    }
  },
  claims: standardClaims.extend({ groups: groupList().nullish().catch(undefined) }),
  identify: standardIdentity,
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Redirect URIs", under "Configuration" of the application.',
    'client_secret must be provided in the body':
      'The application expects another method: set tokenEndpointAuthMethod to "client_secret_post", or its Token Endpoint to POST.',
    invalid_client:
      'Check the secret, and that tokenEndpointAuthMethod equals "Token Endpoint" on the SSO tab of the application.',
  },
})

/** Depending on the parameter mapping, the groups are a list or one string with semicolons. */
function groupList() {
  const separated = z.string().transform((groups) => groups.split(';').map((group) => group.trim()))
  return z.union([z.array(z.string()), separated])
}
