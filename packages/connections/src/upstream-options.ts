import { isLoopbackHost } from '@portico/safe-fetch'
import { z } from 'zod'

const text = z.string().trim().min(1)
const signingAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

/** Secrets and users' tokens are sent there. On loopback, http will do in development. */
const endpoint = z
  .string()
  .refine(isEndpoint, 'must be an https URL without user information and fragment: correct it.')

function isEndpoint(value: string): boolean {
  if (!URL.canParse(value) || value.includes('#')) return false
  const { protocol, hostname, username, password } = new URL(value)
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
  return isAllowed && username === '' && password === ''
}

const privateKeyJwt = z.strictObject({
  method: z.literal('private_key_jwt'),
  /** PKCS#8, PEM. */
  privateKeyPem: text,
  algorithm: z.enum(signingAlgorithms).default('RS256'),
  keyId: text.optional(),
  /** Audience of the assertion; default the token endpoint's issuer. */
  audience: text.optional(),
  expiresInSeconds: z.number().int().min(1).max(3600).default(300),
})

/** How Portico proves itself at a token endpoint of an enterprise flow. */
const clientAuth = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('client_secret_post'), clientId: text, clientSecret: text }),
  z.strictObject({ method: z.literal('client_secret_basic'), clientId: text, clientSecret: text }),
  privateKeyJwt.extend({ clientId: text }),
])

const manualRegistration = z
  .strictObject({
    mode: z.literal('manual'),
    clientId: text,
    clientSecret: text.optional(),
    tokenEndpointAuthMethod: z
      .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
      .optional(),
    privateKey: privateKeyJwt.omit({ method: true }).optional(),
  })
  .superRefine(({ tokenEndpointAuthMethod: method, clientSecret, privateKey }, context) => {
    const needed = method === 'private_key_jwt' ? 'privateKey' : 'clientSecret'
    const given = method === 'private_key_jwt' ? privateKey : clientSecret
    if (method === undefined || method === 'none' || given !== undefined) return
    const message = `is missing: tokenEndpointAuthMethod "${method}" needs it. Add it, or change the method.`
    context.addIssue({ code: 'custom', path: [needed], message })
  })

const shared = {
  /** Identity of the connections: changing it disconnects everybody. */
  id: text.regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  displayName: text,
  summary: text.optional(),
  /** The MCP server; its origin is the only place the credential is sent to. */
  url: z.url(),
}

const oauth = {
  /** Asked for at the upstream's authorization server; default what the upstream itself names. */
  scopes: z.array(text).optional(),
  scopeDelimiter: z.string().length(1).default(' '),
  protectedResourceMetadataUrl: endpoint.optional(),
  /** Skips discovery of the authorization server: its issuer. */
  authorizationServer: endpoint.optional(),
  /** `false`: no `prompt` at all. Default `consent` together with `offline_access`, else none. */
  prompt: z.union([z.literal(false), z.enum(['none', 'login', 'consent', 'select_account'])]).optional(),
  /** `false` leaves the RFC 8707 parameter out, a string replaces it. Default: the upstream's URL; left out for Entra. */
  resource: z.union([z.literal(false), text]).optional(),
  clientRegistration: z
    .discriminatedUnion('mode', [z.strictObject({ mode: z.literal('auto') }), manualRegistration])
    .default({ mode: 'auto' }),
}

/** The options of one upstream, in the names of the reference's token exchange policy. */
export const upstreamOptions = z.discriminatedUnion('authMode', [
  z.strictObject({ ...shared, authMode: z.literal('user-oauth'), ...oauth }),
  z.strictObject({
    ...shared,
    authMode: z.literal('shared-oauth'),
    /** Groups or roles whose members may connect it; without any, nobody can. */
    adminGroups: z.array(text).default([]),
    ...oauth,
  }),
  z.strictObject({
    ...shared,
    authMode: z.literal('id-jag'),
    idJag: z.strictObject({
      scopes: z.array(text).default([]),
      scopeDelimiter: z.string().length(1).default(' '),
      idp: z.strictObject({ tokenUrl: endpoint, clientAuth }),
      resourceAs: z.strictObject({
        tokenUrl: endpoint,
        audience: text,
        resource: text.optional(),
        clientAuth,
      }),
    }),
  }),
  z.strictObject({
    ...shared,
    authMode: z.literal('token-exchange'),
    tokenExchange: z.strictObject({
      tokenUrl: endpoint,
      clientAuth,
      audience: text.optional(),
      resource: text.optional(),
      scopes: z.array(text).default([]),
      /** Which of the user's tokens is exchanged. */
      subjectTokenType: z.enum(['id_token', 'access_token']).default('id_token'),
    }),
  }),
  z.strictObject({
    ...shared,
    authMode: z.literal('user-api-key'),
    apiKey: z.strictObject({
      header: text
        .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be a header name, e.g. "X-Api-Key"')
        .default('Authorization'),
      /** Written before the key, e.g. `Bearer `. */
      prefix: z.string().default('Bearer '),
      /** Where the user finds the key; shown on the connect page. */
      instructions: text.optional(),
    }),
  }),
])

/** What an operator writes. */
export type UpstreamOptions = z.input<typeof upstreamOptions>

/** One upstream, checked, with its defaults. */
export type Upstream = z.output<typeof upstreamOptions>
export type OAuthUpstream = Extract<Upstream, { authMode: 'user-oauth' | 'shared-oauth' }>
export type CrossAppUpstream = Extract<Upstream, { authMode: 'id-jag' }>
export type ExchangeUpstream = Extract<Upstream, { authMode: 'token-exchange' }>
export type ApiKeyUpstream = Extract<Upstream, { authMode: 'user-api-key' }>
export type ClientAuthOptions = z.output<typeof clientAuth>
export type ManualRegistration = z.output<typeof manualRegistration>
