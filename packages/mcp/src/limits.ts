/** What one client may use of the proxy. */
export interface Limits {
  /** Bytes of a request body; default 4 MiB. */
  readonly requestBytes?: number | undefined
  /** Milliseconds for a POST, from the request to the last byte, whatever progress it reports; default 300,000. */
  readonly requestMs?: number | undefined
  /** Milliseconds for a GET stream or a subscription; default 3,600,000. They end with the caller's token in any case. */
  readonly streamMs?: number | undefined
  /** Milliseconds without a byte after which an event stream gets a comment; default 15,000. */
  readonly keepAliveMs?: number | undefined
  /** Event streams that one user may hold open at a time; default 100. */
  readonly streamsPerSubject?: number | undefined
}

export type CheckedLimits = { readonly [Name in keyof Limits]-?: number }

const defaults: CheckedLimits = {
  requestBytes: 4 * 1_048_576,
  requestMs: 300_000,
  streamMs: 3_600_000,
  keepAliveMs: 15_000,
  streamsPerSubject: 100,
}

/** @throws {TypeError} naming the limit that is no positive number */
export function checkLimits(limits: Limits = {}): CheckedLimits {
  const checked: Record<string, number> = {}
  for (const [name, fallback] of Object.entries(defaults)) {
    const value = limits[name as keyof Limits] ?? fallback
    if (!Number.isInteger(value) || value <= 0 || value > 2_147_483_647) {
      throw new TypeError(`limits.${name} must be a whole number from 1 to 2147483647.`)
    }
    checked[name] = value
  }
  return checked as unknown as CheckedLimits
}
