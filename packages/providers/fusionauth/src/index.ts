import { baseUrl, defineProvider, guid, pageBelow, sharedSecretSignature, text } from '@portico/provider'

/** Sign in with FusionAuth (https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/endpoints). */
export const fusionauth = defineProvider({
  id: 'fusionauth',
  name: 'FusionAuth',
  options: {
    fusionAuthUrl: baseUrl('Address of the server, e.g. `https://auth.example.com`.', [
      pageBelow(['admin', 'oauth2', 'api'], 'is a page of the server, not its address'),
    ]),
    issuer: text(
      'Issuer in the settings of the tenant: any text, not necessarily a URL. `acme.com` unless it was changed.',
    ),
    tenantId: guid('Only users of this tenant may sign in: its id, where there are several.').optional(),
  },
  derive: ({ fusionAuthUrl, issuer, tenantId }) => ({
    oidc: {
      issuer,
      jwksUrl: `${fusionAuthUrl}/.well-known/jwks.json`,
      algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
      userinfoUrl: `${fusionAuthUrl}/oauth2/userinfo`,
      endSessionUrl: `${fusionAuthUrl}/oauth2/logout`,
      // The parameter is only a wish, and tenants may share an issuer, keys and a universal application; `tid` tells them apart.
      ...(tenantId && { requiredClaims: { tid: tenantId } }),
      discoveryUrl: `${fusionAuthUrl}/.well-known/openid-configuration${tenantId ? `?tenantId=${tenantId}` : ''}`,
    },
    browserLogin: {
      url: `${fusionAuthUrl}/oauth2/authorize`,
      tokenUrl: `${fusionAuthUrl}/oauth2/token`,
      ...(tenantId && { parameters: { tenantId } }),
    },
    userinfo: 'whenMissing',
    hints: [
      sharedSecretSignature('set an asymmetric Id token signing key on the JWT tab of the application.'),
    ],
    warnings:
      issuer === 'acme.com'
        ? ['The issuer is still the default "acme.com": set one of your own in the settings of the tenant.']
        : [],
  }),
  explain: {
    'Invalid redirect uri': 'Add the callback address to "Authorized redirect URLs" of the application.',
    'Invalid origin uri':
      'Add the origin of the gateway to "Authorized request origin URLs" of the application.',
  },
})
