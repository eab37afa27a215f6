import type { IdentityProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import { z } from 'zod'

import type { AuthorizationServerOptions } from './options.ts'
import { keySecretProblem } from './vault.ts'

const day = 86_400
const seconds = (min: number, max: number) => z.int().min(min).max(max).optional()
const functionOf = <Type>(name: string) =>
  z.custom<Type>((value) => typeof value === 'function', `must be a function: pass ${name}, or leave it out.`)

const keySecret = z.string().check((input) => {
  const message = keySecretProblem(input.value)
  // Without the input: zod would print the secret.
  if (message !== undefined) input.issues.push({ code: 'custom', message, input: undefined })
})

const scopeName = z
  .string()
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'is not a scope name: use visible ASCII without spaces, " and \\.')

const resourceSchema = z.strictObject({
  path: z
    .string()
    .regex(
      /^\/$|^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/,
      'must be a path such as "/mcp/demo": letters, digits, "-", "_", "." and "~" between single slashes, none at the end.',
    ),
  name: z.string().min(1).max(200),
  scopes: z
    .record(scopeName, z.string().min(1))
    .refine((scopes) => Object.keys(scopes).length > 0, 'must name at least one scope, or be left out.')
    .optional(),
  defaultScopes: z.array(scopeName).min(1, 'must name at least one scope, or be left out.').optional(),
  providers: z.array(z.string()).min(1, 'must name at least one provider, or be left out.').optional(),
})

const clientSchema = z.strictObject({
  clientId: z
    .string()
    .regex(/^[\x21-\x7E]{1,256}$/, 'must be 1 to 256 visible ASCII characters without spaces.'),
  name: z.string().min(1).max(200),
  redirectUris: z.array(z.string()).optional(),
  clientSecret: z
    .string()
    .min(32, 'is too short to be random: use at least 32 characters, e.g. from "portico keys generate".')
    .optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) }).optional(),
  jwksUri: z.url({ protocol: /^https$/, error: 'must be an https URL.' }).optional(),
  authMethod: z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']).optional(),
  grantTypes: z
    .array(z.enum(['authorization_code', 'refresh_token']))
    .min(1)
    .optional(),
  scope: z.string().optional(),
})

const isProvider = (value: unknown): value is IdentityProvider =>
  typeof value === 'object' && value !== null && 'identify' in value && 'browserLogin' in value
const providerSchema = z.custom<IdentityProvider>(
  isProvider,
  'is not an identity provider: pass what a provider package returns, e.g. logto({ … }).',
)

/** The shape of {@link AuthorizationServerOptions}; what options mean together is checked by `parseOptions`. */
export const optionsSchema = z.strictObject({
  publicUrl: z.string().optional(),
  providers: z.union([z.array(providerSchema).min(1, 'must hold at least one provider.'), providerSchema], {
    error:
      'must be an identity provider, or a list of them: pass what a provider package returns, e.g. logto({ … }).',
  }),
  resources: z
    .array(resourceSchema)
    .min(1, 'must hold at least one resource, e.g. { path: "/mcp", name: "Demo" }.'),
  storage: z.custom<Storage>(
    (value) => typeof value === 'object' && value !== null && 'take' in value && 'deleteGroup' in value,
    'must be a storage: pass memoryStorage(), sqliteStorage(…) or another adapter.',
  ),
  keys: z.array(keySecret).min(1, 'must hold at least one key: run "portico keys generate".').optional(),
  clients: z.array(clientSchema).optional(),
  registration: z
    .strictObject({
      dynamic: z.boolean().optional(),
      metadataDocuments: z.boolean().optional(),
      privateUseSchemes: z
        .array(
          z
            .string()
            .regex(/^[a-z][a-z\d+.-]*$/, 'must be a scheme in lower case without ":", e.g. "cursor".'),
        )
        .optional(),
      trustedRedirectHosts: z.array(z.string().min(1)).optional(),
      unusedClientTtlSeconds: seconds(60, 3650 * day),
      clientTtlSeconds: seconds(60, 3650 * day),
    })
    .optional(),
  accessToken: z
    .strictObject({ format: z.enum(['jwt', 'opaque']).optional(), ttlSeconds: seconds(1, day) })
    .optional(),
  refreshToken: z
    .strictObject({
      idleTtlSeconds: seconds(60, 3650 * day),
      absoluteTtlSeconds: seconds(60, 3650 * day),
      replayWindowSeconds: seconds(0, 300),
    })
    .optional(),
  codeTtlSeconds: seconds(1, 600),
  transactionTtlSeconds: seconds(1, day),
  sessionTtlSeconds: seconds(1, 365 * day),
  rememberConsentSeconds: seconds(0, 365 * day),
  development: z.boolean().optional(),
  basePath: z
    .string()
    .regex(/^(\/[\w~-]+)+$/, 'must be a path such as "/oauth", without a trailing slash.')
    .optional(),
  theme: z
    .strictObject({
      name: z.string().min(1).max(100).optional(),
      logoUrl: z.string().optional(),
      accentColor: z
        .string()
        .regex(/^#([\da-f]{3}|[\da-f]{6})$/i, 'must be a hex color such as "#3355ff".')
        .optional(),
    })
    .optional(),
  requirements: functionOf<NonNullable<AuthorizationServerOptions['requirements']>>(
    'a function of subject and resource',
  ).optional(),
  onEvent:
    functionOf<NonNullable<AuthorizationServerOptions['onEvent']>>('a function of the event').optional(),
  fetch: functionOf<SafeFetch>('createSafeFetch()'),
  now: functionOf<() => number>('a clock in Unix seconds').optional(),
  randomToken: functionOf<() => string>('a source of 256 random bits').optional(),
})
