import { baseUrl, defineProvider, pageBelow, text } from '@portico/provider'

/** Sign in with Dex (https://dexidp.io/docs/openid-connect/). */
export const dex = defineProvider({
  id: 'dex',
  name: 'Dex',
  scope: 'openid profile email groups',
  options: {
    dexIssuer: baseUrl('`issuer` in the configuration of Dex, e.g. `https://dex.example.com/dex`.', [
      pageBelow(
        ['auth', 'token', 'keys', 'userinfo', 'callback', '.well-known'],
        'is the address of an endpoint, not the issuer',
      ),
    ]),
    connectorId: text('Connector to sign in with, without showing the chooser.').optional(),
  },
  derive: ({ dexIssuer, connectorId }) => ({
    oidc: {
      issuer: dexIssuer,
      jwksUrl: `${dexIssuer}/keys`,
      algorithms: ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'], // Whatever the key is (dexidp/dex, server/signer).
      userinfoUrl: `${dexIssuer}/userinfo`,
    },
    browserLogin: {
      url: `${dexIssuer}/auth`,
      tokenUrl: `${dexIssuer}/token`,
      ...(connectorId && { parameters: { connector_id: connectorId } }),
    },
    clientAuthentication: { methods: ['client_secret_basic', 'client_secret_post', 'none'] }, // Older versions only know Basic.
    logout: null, // Only the newest versions end sessions; elsewhere the address is a 404.
  }),
  explain: {
    'Unregistered redirect_uri':
      'Add the callback address to "redirectURIs" of the static client, byte for byte.',
    invalid_client: 'Check "id" and "secret" of the static client.',
  },
})
