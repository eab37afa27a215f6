import type { RateLimitOptions } from '../options.ts'
import type { RateLimitSettings } from './rate-limits.ts'

/**
 * Far above what people and hosted clients do, which share few addresses: an office behind one address signs in by the
 * hundred, and a hosted client refreshes the tokens of all its users from a handful.
 */
const defaults = {
  registration: 120,
  authorization: 300,
  token: 1200,
  device: 120,
  failures: 120,
  unknownTokens: 600,
  client: 6000,
  userCodes: 10,
} satisfies RateLimitSettings

/** Off in development, where everything comes from one machine, unless limits are written down. */
export function parseRateLimits(
  options: RateLimitOptions | false | undefined,
  development: boolean,
): RateLimitSettings | undefined {
  if (options === false || (options === undefined && development)) return undefined
  const of = (name: keyof RateLimitSettings): number | undefined => {
    const given = options?.[name]
    return given === false ? undefined : (given ?? defaults[name])
  }
  return {
    registration: of('registration'),
    authorization: of('authorization'),
    token: of('token'),
    device: of('device'),
    failures: of('failures'),
    unknownTokens: of('unknownTokens'),
    client: of('client'),
    userCodes: of('userCodes'),
  }
}
