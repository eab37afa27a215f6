import { describeProvider } from '@portico/testkit'

import { ory } from '../src/index.ts'

const credentials = {
  clientId: 'e1a2b3c0-5f6a-4137-9b8c-0a1b2c3d4e5f',
  clientSecret: 'p0Zr3vQ8mKxT2wLs~p0Zr',
}

describeProvider(ory, {
  options: { oryProjectSlug: 'acme-slug-x1', ...credentials },
  variants: [{ oryUrl: 'https://hydra.example.com/', ...credentials }],
  derives: [
    [
      { oryProjectSlug: 'acme-slug-x1' },
      {
        'oidc.issuer': 'https://acme-slug-x1.projects.oryapis.com',
        'oidc.jwksUrl': 'https://acme-slug-x1.projects.oryapis.com/.well-known/jwks.json',
        'oidc.userinfoUrl': 'https://acme-slug-x1.projects.oryapis.com/userinfo',
        'oidc.endSessionUrl': 'https://acme-slug-x1.projects.oryapis.com/oauth2/sessions/logout',
        'browserLogin.url': 'https://acme-slug-x1.projects.oryapis.com/oauth2/auth',
        'browserLogin.tokenUrl': 'https://acme-slug-x1.projects.oryapis.com/oauth2/token',
        'browserLogin.prompts': ['none', 'login', 'consent'],
        'clientAuthentication.methods.0': 'client_secret_basic',
      },
    ],
    [
      { oryUrl: 'https://hydra.example.com/' },
      {
        'oidc.issuer': 'https://hydra.example.com/',
        'oidc.jwksUrl': 'https://hydra.example.com/.well-known/jwks.json',
        'browserLogin.url': 'https://hydra.example.com/oauth2/auth',
      },
    ],
    [{ oryUrl: 'https://hydra.example.com' }, { 'oidc.issuer': 'https://hydra.example.com' }],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { oryProjectSlug: 'https://acme-slug-x1.projects.oryapis.com' },
      'oryProjectSlug must be the slug alone, without ".projects.oryapis.com". Use "acme-slug-x1".',
    ],
    [
      { oryProjectSlug: '2f8e1c5a-7d61-4a0f-9a5e-3b8f2c1d0e9f' },
      'oryProjectSlug is the project id. Copy the slug, which also stands in the API endpoint of the project.',
    ],
    [{ oryUrl: 'https://hydra.example.com' }, 'oryUrl replaces oryProjectSlug. Keep one of the two.'],
    [
      { oryProjectSlug: undefined },
      'oryProjectSlug is missing. Set it for Ory Network, or oryUrl for Ory Hydra.',
    ],
    [
      { oryProjectSlug: undefined, oryUrl: 'https://console.ory.sh/projects/current' },
      'oryUrl is an address of the vendor, not of your project. Set oryProjectSlug instead.',
    ],
    [
      { oryProjectSlug: undefined, oryUrl: 'https://hydra.example.com/.well-known/openid-configuration' },
      'oryUrl is the address of the discovery document, not the issuer. Copy "issuer" from that document; it is probably "https://hydra.example.com".',
    ],
  ],
  accepts: [
    { oryProjectSlug: undefined, oryUrl: 'https://hydra.example.com:4444/' },
    { tokenEndpointAuthMethod: 'client_secret_post' },
  ],
  identifies: [
    {
      claims: { sub: 'f2b3c1a0', email: 'ada@example.com', email_verified: true },
      identity: { subject: 'f2b3c1a0', email: { address: 'ada@example.com', verified: true } },
    },
  ],
  explains: {
    invalid_redirect_uri: 'redirect URIs of the client',
    invalid_client: 'token_endpoint_auth_method',
    "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.":
      'redirect_uris',
  },
})
