import type { Finding } from './finding.ts'

/** What findings can be about, in the order in which they are told. */
export const areas = ['provider', 'public-url', 'keys', 'storage', 'upstream', 'client'] as const
export type Area = (typeof areas)[number]

/** A finding, and what it is about. */
export interface AreaFinding extends Finding {
  readonly area: Area
  /** Id of the provider. */
  readonly provider?: string
  /** Path of the route. */
  readonly route?: string
  /** Name of the client. */
  readonly client?: string
}

/** One line for people. */
export function formatFinding({ area, provider, route, client, ...finding }: AreaFinding): string {
  const about = provider ?? [area, route ?? client].filter((part) => part !== undefined).join(' ')
  const { status, check, message, remedy } = finding
  return `${status.padEnd(7)} ${about} ${check}: ${remedy === undefined ? message : `${message} ${remedy}`}`
}
