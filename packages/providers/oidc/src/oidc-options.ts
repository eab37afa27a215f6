import { clientId, clientSecret, endpointUrl, issuerUrl, pkce, scope, text } from '@portico/provider'
import { z } from 'zod'

const positive = (description: string) => z.int().min(1).optional().meta({ description })

/** `issuer` alone, or the two blocks of the reference's generic policy; the rest fills gaps of either. */
export const oidcOptions = {
  issuer: issuerUrl(
    'Issuer, byte for byte as in `iss`; a trailing slash counts. Its discovery document supplies the rest.',
  ).optional(),
  discovery: z
    .union([z.literal(true), endpointUrl('Address of the discovery document.')])
    .optional()
    .meta({ description: '`true`, or the address of the document where it is not below the issuer.' }),
  oidc: z
    .strictObject({
      issuer: issuerUrl('Issuer, byte for byte as in `iss`; a trailing slash counts.').optional(),
      jwksUrl: endpointUrl('Keys of the issuer.').optional(),
      audience: text(
        'Expected `aud` of the ID token, where it is not the client id. Almost never needed.',
      ).optional(),
      userinfoUrl: endpointUrl('Userinfo endpoint.').optional(),
      endSessionUrl: endpointUrl('End-session endpoint, for signing out.').optional(),
      revocationUrl: endpointUrl('Revocation endpoint.').optional(),
    })
    .optional()
    .meta({ description: 'Where ID tokens come from.' }),
  browserLogin: z
    .strictObject({
      url: endpointUrl('Authorization endpoint.').optional(),
      tokenUrl: endpointUrl('Token endpoint.').optional(),
      clientId: clientId().optional(),
      clientSecret: clientSecret().optional(),
      scope: scope('Scopes to ask for, separated by spaces.', { openid: true }).optional(),
      audience: text(
        '`audience` parameter of the authorization request, where the provider wants one.',
      ).optional(),
      responseMode: z.enum(['query', 'form_post']).optional().meta({
        description:
          'How the answer comes back; default `query`. Apple wants `form_post` with any scope but `openid`.',
      }),
      nonce: z.enum(['nonce', 'absent']).optional().meta({
        description:
          '`absent` for a provider that leaves the nonce out of ID tokens, such as LinkedIn; default `nonce`.',
      }),
      pkce: pkce(),
      remoteTimeoutMs: positive('Milliseconds for a request to the provider; default 10000.'),
      stateTtlSeconds: positive(
        'How long a login may take; default 900. Its `state` at the provider lives 600 of it at most.',
      ),
      sessionTtlSeconds: positive('How long a browser stays signed in; default 28800.'),
    })
    .optional()
    .meta({ description: 'How users are sent to sign in.' }),
}
