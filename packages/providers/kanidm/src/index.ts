import { bareOrigin, defineProvider, pathSegment } from '@portico/provider'

/**
 * Sign in with Kanidm: issuer and keys belong to the client, the endpoints to the server
 * (https://kanidm.github.io/kanidm/stable/integrations/oauth2.html).
 */
export const kanidm = defineProvider({
  id: 'kanidm',
  name: 'Kanidm',
  options: {
    kanidmUrl: bareOrigin('Address of the server (`origin`), e.g. `https://idm.example.com`.'),
    clientId: pathSegment('Name of the OAuth2 client, as given to `kanidm system oauth2 create`.', [
      {
        when: /[A-Z\s]/,
        problem: 'looks like the display name',
        remedy: 'Use the name of the client, in lower case.',
      },
    ]),
  },
  derive: ({ kanidmUrl, clientId }) => {
    const issuer = `${kanidmUrl}/oauth2/openid/${encodeURIComponent(clientId)}`
    return {
      oidc: {
        issuer,
        jwksUrl: `${issuer}/public_key.jwk`,
        algorithms: ['ES256', 'RS256'], // RS256 only with warning-enable-legacy-crypto.
        userinfoUrl: `${issuer}/userinfo`,
        revocationUrl: `${kanidmUrl}/oauth2/token/revoke`,
      },
      browserLogin: { url: `${kanidmUrl}/ui/oauth2`, tokenUrl: `${kanidmUrl}/oauth2/token` },
      clientAuthentication: { methods: ['client_secret_basic'] },
      userinfo: 'whenMissing',
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address: "kanidm system oauth2 add-redirect-url".',
    access_denied: 'Give a group of the user the scopes: kanidm system oauth2 update-scope-map.',
  },
})
