import { nearestName } from '../config/nearest-name.ts'
import type { HostingOptions } from './running-server.ts'

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

/** What each option must be, and what to write: callers may have no types. */
const forms: Readonly<Record<keyof HostingOptions, readonly [(value: unknown) => boolean, string]>> = {
  port: [
    (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535,
    'must be a whole number from 0 to 65535.',
  ],
  hosts: [
    (value) => isTexts(value) && (value as readonly unknown[]).length > 0,
    'must be a list of addresses, e.g. ["::"].',
  ],
  trustedProxies: [isTexts, 'must be a list of addresses and ranges, e.g. ["10.0.0.0/8"].'],
  drainSeconds: [(value) => typeof value === 'number' && value >= 0, 'must be a number of seconds.'],
  onRequest: [(value) => typeof value === 'function', 'must be a function.'],
}

/**
 * @param others options that a runtime has beside them
 *
 * @throws {TypeError} naming the first option that is wrong, misspelled or missing
 */
export function checkHosting(options: HostingOptions, others: readonly string[] = []): void {
  const known = [...Object.keys(forms), ...others]
  for (const name of Object.keys(options).filter((each) => !known.includes(each))) {
    const meant = nearestName(name, known)
    throw new TypeError(
      `${name} is an unknown option. ${meant === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean "${meant}"?`}`,
    )
  }
  for (const [name, [isRight, problem]] of Object.entries(forms)) {
    const value = options[name as keyof HostingOptions]
    if (value === undefined ? name === 'port' : !isRight(value)) throw new TypeError(`${name} ${problem}`)
  }
}
