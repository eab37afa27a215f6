import { baseUrl, defineProvider, pathSegment, text } from '@portico/provider'

/** Sign in with a Keycloak realm (https://www.keycloak.org/securing-apps/oidc-layers). */
export const keycloak = defineProvider({
  id: 'keycloak',
  name: 'Keycloak',
  options: {
    keycloakBaseUrl: keycloakUrl(
      'Public address of the server, e.g. `https://sso.example.com`; with `/auth` before Keycloak 17.',
    ),
    realm: pathSegment('Name of the realm as it stands in URLs; upper and lower case differ.'),
    idpHint: text('Alias of the identity provider to sign in with.').optional(),
    backchannelBaseUrl: keycloakUrl(
      'Address for requests from Portico itself, where it cannot reach the public one.',
    ).optional(),
  },
  derive: ({ keycloakBaseUrl, realm, idpHint, backchannelBaseUrl = keycloakBaseUrl }) => {
    const path = `/realms/${encodeURIComponent(realm)}`
    const front = `${keycloakBaseUrl}${path}/protocol/openid-connect`
    const back = `${backchannelBaseUrl}${path}/protocol/openid-connect`
    return {
      oidc: {
        issuer: `${keycloakBaseUrl}${path}`,
        jwksUrl: `${back}/certs`,
        // RS256 unless the realm or the client says otherwise (server administration guide, realm keys).
        algorithms: [
          'RS256',
          'RS384',
          'RS512',
          'PS256',
          'PS384',
          'PS512',
          'ES256',
          'ES384',
          'ES512',
          'EdDSA',
        ],
        userinfoUrl: `${back}/userinfo`,
        endSessionUrl: `${front}/logout`,
        revocationUrl: `${back}/revoke`,
        discoveryUrl: `${backchannelBaseUrl}${path}/.well-known/openid-configuration`,
      },
      browserLogin: {
        url: `${front}/auth`,
        tokenUrl: `${back}/token`,
        prompts: ['none', 'login', 'consent', 'create'],
        ...(idpHint && { parameters: { kc_idp_hint: idpHint } }),
      },
      userinfo: 'whenMissing',
      hints: [
        {
          member: 'alg',
          value: 'HS256',
          remedy:
            'The ID token is signed with HS256: set the ID token signature algorithm of the client to RS256.',
        },
      ],
      warnings:
        realm === 'master' ? ['The realm "master" is for administrators: make a realm for users.'] : [],
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Valid redirect URIs" of the client.',
    unauthorized_client:
      'Switch "Client authentication" and "Standard flow" on in the settings of the client.',
  },
})

function keycloakUrl(description: string) {
  return baseUrl(description, [
    {
      when: /^(?<host>https?:\/\/[^/?#]+)(?<path>(?:\/[\w.-]+)*?)\/realms\/(?<realm>[^/?#]+)/i,
      problem: 'contains the realm, which has an option of its own',
      remedy: 'Set it to "$<host>$<path>" and realm to "$<realm>".',
    },
    {
      when: /^(?<host>https?:\/\/[^/?#]+)(?<path>(?:\/[\w.-]+)*?)\/admin(?:\/|$)/i,
      problem: 'is the address of the admin console',
      remedy: 'Use "$<host>$<path>".',
    },
  ])
}
