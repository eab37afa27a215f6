import { baseUrl, defineProvider, pageBelow } from '@portico/provider'

/** Sign in with Authelia (https://www.authelia.com/integration/openid-connect/introduction/). */
export const authelia = defineProvider({
  id: 'authelia',
  name: 'Authelia',
  scope: 'openid profile email groups',
  options: {
    autheliaUrl: baseUrl('Address users sign in at, e.g. `https://auth.example.com`.', [
      pageBelow(['api', 'jwks.json'], 'is an endpoint, not the address of Authelia'),
    ]),
  },
  derive: ({ autheliaUrl }) => ({
    oidc: {
      issuer: autheliaUrl,
      jwksUrl: `${autheliaUrl}/jwks.json`,
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
      userinfoUrl: `${autheliaUrl}/api/oidc/userinfo`,
      revocationUrl: `${autheliaUrl}/api/oidc/revocation`,
    },
    browserLogin: {
      url: `${autheliaUrl}/api/oidc/authorization`,
      tokenUrl: `${autheliaUrl}/api/oidc/token`,
    },
    // The method registered for the client is enforced; unless stated it is Basic.
    clientAuthentication: {
      methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    },
    // ID tokens are kept minimal on purpose (docs, openid-connect-1.0-claims); groups come only from there.
    userinfo: 'always',
  }),
  explain: {
    invalid_client:
      'Check the secret (the configuration holds its hash), and that tokenEndpointAuthMethod equals "token_endpoint_auth_method" of the client.',
    redirect_uri: 'Add the callback address to "redirect_uris" of the client, byte for byte.',
  },
})
