import { bareOrigin, defineProvider } from '@portico/provider'

/** Sign in with Pocket ID (https://pocket-id.org/docs/). */
export const pocketId = defineProvider({
  id: 'pocket-id',
  name: 'Pocket ID',
  scope: 'openid profile email groups',
  options: {
    pocketIdUrl: bareOrigin('Address of the server (`APP_URL`), e.g. `https://id.example.com`.'),
  },
  derive: ({ pocketIdUrl }) => ({
    // The discovery document may name an internal host for some endpoints (INTERNAL_APP_URL); these work from outside.
    oidc: {
      issuer: pocketIdUrl,
      jwksUrl: `${pocketIdUrl}/.well-known/jwks.json`,
      algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'], // Whatever the key is.
      userinfoUrl: `${pocketIdUrl}/api/oidc/userinfo`,
      endSessionUrl: `${pocketIdUrl}/api/oidc/end-session`,
    },
    browserLogin: {
      url: `${pocketIdUrl}/authorize`,
      tokenUrl: `${pocketIdUrl}/api/oidc/token`,
      responseIss: 'required',
      prompts: ['none', 'login', 'consent'], // Others are refused since 2.6.0 (pocket-id/pocket-id, issue 1442).
    },
    clientAuthentication: { methods: ['client_secret_post', 'client_secret_basic', 'none'] },
    userinfo: 'whenMissing',
  }),
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Callback URLs" of the client.',
  },
})
