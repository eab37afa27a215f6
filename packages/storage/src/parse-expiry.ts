/**
 * For adapters: an `expiresAt` that can be compared with a clock, or undefined for a record that never expires. Databases keep
 * what is no number as nothing at all, and the record for ever.
 *
 * @throws {TypeError} when it is not finite
 */
export function parseExpiry(expiresAt: number | undefined): number | undefined {
  if (expiresAt === undefined || Number.isFinite(expiresAt)) return expiresAt
  throw new TypeError(
    `expiresAt must be Unix seconds, not ${String(expiresAt)}. Leave it out for a record that never expires.`,
  )
}
