import {
  asymmetricAlgorithms,
  baseUrl,
  defineProvider,
  pageBelow,
  pathSegment,
  sharedSecretSignature,
  text,
  type Mistake,
} from '@portico/provider'

/** Sign in with a Keycloak realm (https://www.keycloak.org/securing-apps/oidc-layers). */
export const keycloak = defineProvider({
  id: 'keycloak',
  name: 'Keycloak',
  options: {
    keycloakBaseUrl: keycloakUrl(
      'Public address of the server, e.g. `https://sso.example.com`; with `/auth` before Keycloak 17.',
      [
        {
          when: /^https?:\/\/(?!localhost(?![\w-]))[\w-]+(?::\d+)?(?:\/|$)/i,
          problem: 'is a name inside a private network, while the issuer has the public name of Keycloak',
          remedy: 'Use the address users sign in at; Portico itself may go to backchannelBaseUrl.',
        },
      ],
    ),
    realm: pathSegment('Name of the realm as it stands in URLs; upper and lower case differ.'),
    idpHint: text('Alias of the identity provider to sign in with.').optional(),
    backchannelBaseUrl: keycloakUrl(
      'Address for requests from Portico itself, where it cannot reach the public one.',
    ).optional(),
  },
  derive: ({ keycloakBaseUrl, realm, idpHint, backchannelBaseUrl = keycloakBaseUrl, scope }) => {
    const path = `/realms/${encodeURIComponent(realm)}`
    const front = `${keycloakBaseUrl}${path}/protocol/openid-connect`
    const back = `${backchannelBaseUrl}${path}/protocol/openid-connect`
    return {
      oidc: {
        issuer: `${keycloakBaseUrl}${path}`,
        jwksUrl: `${back}/certs`,
        // RS256 unless the realm or the client says otherwise (server administration guide, realm keys).
        algorithms: asymmetricAlgorithms,
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
      hints: [sharedSecretSignature('set the ID token signature algorithm of the client to RS256.')],
      warnings: [
        ...(realm === 'master' ? ['The realm "master" is for administrators: make a realm for users.'] : []),
        ...(scope?.split(' ').includes('offline_access')
          ? ['The scope "offline_access" leaves sessions in Keycloak that never end: Portico needs none.']
          : []),
      ],
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to "Valid redirect URIs" of the client.',
    unauthorized_client:
      'Switch "Client authentication" and "Standard flow" on in the settings of the client.',
  },
})

function keycloakUrl(description: string, mistakes: readonly Mistake[] = []) {
  return baseUrl(description, [
    ...mistakes,
    {
      when: /^(?<host>https?:\/\/[^/?#]+)(?<path>(?:\/[\w.-]+)*?)\/realms\/(?<realm>[^/?#]+)/i,
      problem: 'contains the realm, which has an option of its own',
      remedy: 'Set it to "$<host>$<path>" and realm to "$<realm>".',
    },
    pageBelow(['admin'], 'is the address of the admin console'),
  ])
}
