import type { IdentityProvider } from '@portico/provider'
import { bareOrigin, refuse } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import { z } from 'zod'

import type { RegistrationPolicy } from './clients/registration-policy.ts'
import { deviceCodeGrant, tokenExchangeGrant } from './grants/grant-names.ts'
import type { AuthorizationServerOptions } from './options.ts'
import type { PageName, PageRenderer } from './pages/own-pages.ts'
import { isKeySecret } from './vault.ts'

const day = 86_400
const seconds = (min: number, max: number) => z.int().min(min).max(max).optional()

/** Text of a form; `problem` continues a sentence that begins with the option. */
const shaped = (form: RegExp, problem: string, remedy?: string) =>
  z.string().check(refuse((value) => (form.test(value) ? undefined : { problem, remedy })))

/** A value that a package made: its type cannot be checked, only that it is not something else. */
const made = <Type>(isIt: (value: unknown) => boolean, problem: string, remedy: string) =>
  z.custom<Type>().check(refuse((value: unknown) => (isIt(value) ? undefined : { problem, remedy })))

const functionOf = <Type>(what: string) =>
  made<Type>(
    (value) => value === undefined || typeof value === 'function',
    'must be a function',
    what,
  ).optional()

const renderer = <Name extends PageName>() =>
  functionOf<PageRenderer<Name>>('Pass a function of the page, or leave it out.')

const hasMembers =
  (...members: string[]) =>
  (value: unknown) =>
    typeof value === 'object' && value !== null && members.every((member) => member in value)

const scopeName = shaped(
  /^[\x21\x23-\x5B\x5D-\x7E]+$/,
  'must be a scope name: visible ASCII without spaces, quotes or backslashes',
)

const resource = z
  .strictObject({
    path: shaped(
      /^\/$|^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/,
      'must be a path such as "/mcp/demo"',
      'Use letters, digits, "-", "_", "." and "~" between single slashes, and no slash at the end.',
    ),
    name: z.string().min(1).max(200),
    scopes: z.record(scopeName, z.string().min(1)).optional(),
    defaultScopes: z.array(scopeName).min(1).optional(),
    providers: z.array(z.string()).min(1).optional(),
    dpopBound: z.boolean().optional(),
  })
  .describe('a route, e.g. `{ path: "/mcp", name: "Demo" }`.')

const client = z.strictObject({
  clientId: shaped(/^[\x21-\x7E]{1,256}$/, 'must be 1 to 256 visible ASCII characters without spaces'),
  name: z.string().min(1).max(200),
  redirectUris: z.array(z.string()).optional(),
  clientSecret: shaped(
    /^.{32,}$/s,
    'is too short to be random: at least 32 characters are needed',
    'Use the output of "portico keys generate".',
  ).optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) }).optional(),
  jwksUri: shaped(/^https:\/\/[\x21-\x7E]+$/, 'must be an https URL').optional(),
  authMethod: z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']).optional(),
  grantTypes: z
    .array(
      z.enum([
        'authorization_code',
        'refresh_token',
        'client_credentials',
        deviceCodeGrant,
        tokenExchangeGrant,
      ]),
    )
    .optional(),
  exchanges: z.strictObject({ from: z.array(z.string()).min(1), to: z.array(z.string()).min(1) }).optional(),
  scope: z.string().optional(),
  resources: z.array(z.string()).min(1).optional(),
  dpopBound: z.boolean().optional(),
  introspects: z.array(z.string()).min(1).optional(),
})

const provider = made<IdentityProvider>(
  hasMembers('identify', 'browserLogin'),
  'must be an identity provider',
  'Pass what a provider package returns, e.g. logto({ … }).',
)

const trust = z.enum(['allow', 'warn', 'deny'])
const limit = z.union([z.literal(false), z.int().min(1).max(1_000_000)]).optional()
const limits = {
  registration: limit,
  authorization: limit,
  token: limit,
  device: limit,
  failures: limit,
  unknownTokens: limit,
  client: limit,
  userCodes: limit,
}

/** The shape of {@link AuthorizationServerOptions}; what options mean together is checked by `parseOptions`. */
export const optionShape = {
  publicUrl: bareOrigin('the origin that users and clients see, e.g. `https://mcp.example.com`.').optional(),
  providers: z.preprocess(
    (value): unknown => (Array.isArray(value) ? value : [value]),
    z.array(provider).min(1),
  ),
  resources: z.array(resource).min(1).describe('a list of routes, e.g. `[{ path: "/mcp", name: "Demo" }]`.'),
  storage: made<Storage>(
    hasMembers('take', 'deleteGroup'),
    'must be a storage',
    'Pass memoryStorage(), sqliteStorage(…) or another adapter.',
  ),
  keys: z
    .array(
      z.string().check(
        refuse((secret) =>
          isKeySecret(secret)
            ? undefined
            : {
                problem: 'must be at least 32 random bytes in base64url',
                remedy: 'Use the output of "portico keys generate".',
              },
        ),
      ),
    )
    .min(1)
    .optional(),
  clients: z.array(client).optional(),
  registration: z
    .strictObject({
      dynamic: z.boolean().optional(),
      metadataDocuments: z.boolean().optional(),
      management: z.boolean().optional(),
      initialAccessTokens: z
        .array(
          shaped(
            /^[\w.~+/-]{32,512}=*$/,
            'must be a bearer token of at least 32 characters',
            'Use the output of "portico keys generate".',
          ),
        )
        .optional(),
      policy: functionOf<RegistrationPolicy>('Pass a function of the client, or leave it out.'),
      documentPolicy: z
        .strictObject({
          hosts: z
            .record(
              shaped(
                /^(\*\.)?[a-z\d.:-]+$/,
                'must be a host in lower case, e.g. "claude.ai" or "*.example.com"',
              ),
              trust,
            )
            .optional(),
          others: trust.optional(),
        })
        .optional(),
      fetchBudget: z
        .strictObject({
          perHost: z.int().min(1).max(100_000).optional(),
          total: z.int().min(1).max(1_000_000).optional(),
        })
        .optional(),
      privateUseSchemes: z
        .array(shaped(/^[a-z][a-z\d+.-]*$/, 'must be a scheme in lower case without ":", e.g. "cursor"'))
        .optional(),
      trustedRedirectHosts: z
        .array(
          shaped(
            /^(?:[a-z\d.-]+|\[[a-f\d:]+\])(?::\d+)?$/,
            'must be a host in lower case, e.g. "client.example"',
            'Leave out the scheme and the path.',
          ),
        )
        .optional(),
      unusedClientTtlSeconds: seconds(60, 3650 * day),
      clientTtlSeconds: seconds(60, 3650 * day),
    })
    .optional(),
  accessToken: z
    .strictObject({
      format: z.enum(['jwt', 'opaque']).optional(),
      ttlSeconds: seconds(1, day),
      recheckSeconds: seconds(0, 3600),
    })
    .optional(),
  refreshToken: z
    .strictObject({
      idleTtlSeconds: seconds(60, 3650 * day),
      absoluteTtlSeconds: seconds(60, 3650 * day),
      replayWindowSeconds: seconds(0, 300),
    })
    .optional(),
  pushedAuthorizationRequests: z.enum(['off', 'allowed', 'required']).optional(),
  deviceAuthorization: z.boolean().optional(),
  identityAssertions: z
    .array(
      z.strictObject({
        provider: z.string().min(1),
        clients: z.array(z.string().min(1)).min(1),
        resources: z.array(z.string()).min(1).optional(),
        newUsers: z.enum(['refuse', 'create']).optional(),
      }),
    )
    .optional(),
  providerTokens: z.array(z.string()).optional(),
  dpop: z.boolean().optional(),
  dpopNonceTtlSeconds: seconds(10, 3600),
  recheckUsersSeconds: seconds(0, 365 * day),
  backChannelLogout: z.enum(['off', 'sessions', 'grants']).optional(),
  rateLimits: z.union([z.literal(false), z.strictObject(limits)]).optional(),
  codeTtlSeconds: seconds(1, 600),
  transactionTtlSeconds: seconds(1, day),
  sessionTtlSeconds: seconds(1, 365 * day),
  rememberConsentSeconds: seconds(0, 365 * day),
  development: z.boolean().optional(),
  basePath: shaped(
    /^(\/[\w~-]+)+$/,
    'must be a path such as "/oauth"',
    'Begin with a slash and end without one.',
  ).optional(),
  theme: z
    .strictObject({
      name: z.string().min(1).max(100).optional(),
      logoUrl: shaped(
        /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]|\/(?!\/))[\x21-\x7E]*$/,
        'must be an https URL, or a path on this origin',
        'Use "https://www.example.com/logo.svg", for example.',
      ).optional(),
      accentColor: shaped(/^#([\da-f]{3}|[\da-f]{6})$/i, 'must be a hex color such as "#3355ff"').optional(),
      stylesheet: shaped(
        /^[^<]{0,50000}$/,
        'must be CSS of at most 50,000 characters without "<"',
        'Write "\\3c" for a "<" inside of a CSS text.',
      ).optional(),
    })
    .optional(),
  pages: z
    .strictObject({
      chooser: renderer<'chooser'>(),
      consent: renderer<'consent'>(),
      connect: renderer<'connect'>(),
      connected: renderer<'connected'>(),
      deviceCode: renderer<'deviceCode'>(),
      deviceConsent: renderer<'deviceConsent'>(),
      deviceDone: renderer<'deviceDone'>(),
      account: renderer<'account'>(),
      signOut: renderer<'signOut'>(),
      signedOut: renderer<'signedOut'>(),
      error: renderer<'error'>(),
    })
    .optional(),
  requirements: functionOf<NonNullable<AuthorizationServerOptions['requirements']>>(
    'Pass a function of subject and resource, or leave it out.',
  ),
  onEvent: functionOf<NonNullable<AuthorizationServerOptions['onEvent']>>(
    'Pass a function of the event, or leave it out.',
  ),
  fetch: functionOf<SafeFetch>('Pass createSafeFetch(…), or leave it out.'),
  wrapFetch: functionOf<NonNullable<AuthorizationServerOptions['wrapFetch']>>(
    'Pass a function that returns a fetch, or leave it out.',
  ),
  now: functionOf<() => number>('Pass a clock in Unix seconds, or leave it out.'),
  randomToken: functionOf<() => string>('Pass a source of 256 random bits, or leave it out.'),
}

const schema = z.object(optionShape)

/** Options that passed their own checks. */
export type OptionValues = z.output<typeof schema>
