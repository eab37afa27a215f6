import { defineProvider, hostLabel, issuerUrl, vendorAddress, wholeAddress } from '@portico/provider'

/** Sign in with an Ory Network project or an Ory Hydra of your own (https://www.ory.sh/docs/hydra/reference/api). */
export const ory = defineProvider({
  id: 'ory',
  name: 'Ory',
  options: {
    oryProjectSlug: hostLabel(
      'Slug of an Ory Network project, the first part of `<slug>.projects.oryapis.com`.',
      [
        wholeAddress('projects.oryapis.com', 'the slug'),
        {
          when: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
          problem: 'is the project id',
          remedy: 'Copy the slug, which also stands in the API endpoint of the project.',
        },
      ],
    ).optional(),
    oryUrl: issuerUrl(
      'Issuer of Ory Hydra (`urls.self.issuer`) or custom domain, byte for byte: a trailing slash counts.',
      [
        vendorAddress(
          ['console.ory.sh', 'console.ory.com', 'www.ory.sh', 'www.ory.com', 'api.console.ory.sh'],
          'your project',
          'Set oryProjectSlug instead.',
        ),
      ],
    ).optional(),
  },
  derive: ({ oryProjectSlug, oryUrl }, report) => {
    if (oryProjectSlug !== undefined && oryUrl !== undefined) {
      report('oryUrl', 'replaces oryProjectSlug', 'Keep one of the two.')
    }
    const issuer = oryUrl ?? (oryProjectSlug && `https://${oryProjectSlug}.projects.oryapis.com`)
    if (issuer === undefined) {
      report('oryProjectSlug', 'is missing', 'Set it for Ory Network, or oryUrl for Ory Hydra.')
      return undefined
    }
    const base = issuer.replace(/\/$/, '')
    return {
      oidc: {
        issuer,
        jwksUrl: `${base}/.well-known/jwks.json`,
        algorithms: ['RS256', 'ES256'],
        userinfoUrl: `${base}/userinfo`,
        endSessionUrl: `${base}/oauth2/sessions/logout`,
        revocationUrl: `${base}/oauth2/revoke`,
      },
      browserLogin: {
        url: `${base}/oauth2/auth`,
        tokenUrl: `${base}/oauth2/token`,
        prompts: ['none', 'login', 'consent'], // Older versions refuse "select_account", newer ones take it for "login".
      },
      // The method registered for the client is enforced; unless stated it is Basic.
      clientAuthentication: {
        methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      },
      userinfo: 'whenMissing',
    }
  },
  explain: {
    invalid_redirect_uri: 'Add the callback address to the redirect URIs of the client.',
    'does not match any of the OAuth 2.0 Client':
      'Add the callback address to "redirect_uris" of the client, byte for byte.',
    invalid_client:
      'Check the secret, and that tokenEndpointAuthMethod equals "token_endpoint_auth_method" of the client.',
  },
})
