import type { Limits } from '@portico/mcp'
import { z } from 'zod'

/** Settings of the gateway itself, which files and code say in the same words. */
export interface GatewaySettings {
  /** Browser origins that may call the MCP routes, beside the gateway's own and loopback; `'any'` for all. */
  readonly allowedOrigins?: readonly string[] | 'any' | undefined
  /** What one client may use of an MCP route: sizes, times, open streams. */
  readonly limits?: Limits | undefined
  /**
   * Whom the registry shows the routes: everybody (`public`, the default), callers with an access token for one of them
   * (`authenticated`), or nobody (`off`). With a token it shows those that the caller can use.
   */
  readonly registry?: 'public' | 'authenticated' | 'off' | undefined
  /**
   * Origins of your own applications that the connect page of an upstream account may send the browser back to
   * (`?return_to=https://app.example.com/…`), beside pages of the gateway; default none.
   */
  readonly returnOrigins?: readonly string[] | undefined
  /**
   * Authorization attempts are followed from the first 401 to the first tool call, and kept in the storage for
   * `retainSeconds`, default one day; `off` follows none.
   */
  readonly traces?: { readonly retainSeconds?: number | undefined } | 'off' | undefined
}

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text

const origin = z
  .string('must be an origin, e.g. "https://app.example.com".')
  .refine(isOrigin, 'is not an origin: use "https://app.example.com", without a path.')

const returnOrigin = origin.refine(
  (text) => /^(?:https:|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|$))/.test(text),
  'must be https, or on this machine.',
)

const limit = z.int().min(1).max(2_147_483_647).optional()

/** The form of {@link GatewaySettings}. */
export const gatewaySettings = z.strictObject({
  allowedOrigins: z
    .union([z.literal('any'), z.array(origin)], {
      error: 'must be a list of origins, e.g. ["https://app.example.com"], or "any".',
    })
    .optional(),
  limits: z
    .strictObject(
      {
        requestBytes: limit,
        requestMs: limit,
        streamMs: limit,
        keepAliveMs: limit,
        streamsPerSubject: limit,
      },
      'must be an object, e.g. { "requestBytes": 1048576 }.',
    )
    .optional(),
  registry: z.enum(['public', 'authenticated', 'off']).optional(),
  returnOrigins: z
    .array(returnOrigin, 'must be a list of origins, e.g. ["https://app.example.com"].')
    .optional(),
  traces: z
    .union([z.literal('off'), z.strictObject({ retainSeconds: z.int().min(1).optional() })], {
      error: 'must be "off", or an object with "retainSeconds", a whole number from 1.',
    })
    .optional(),
}) satisfies z.ZodType<GatewaySettings>
