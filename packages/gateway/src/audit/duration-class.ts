/** How long something took, as far as an auditor needs it: exact times tell what was asked for. */
export type DurationClass = 'under_100ms' | 'under_1s' | 'under_10s' | 'under_1min' | 'over_1min'

const limits: readonly (readonly [milliseconds: number, name: DurationClass])[] = [
  [100, 'under_100ms'],
  [1000, 'under_1s'],
  [10_000, 'under_10s'],
  [60_000, 'under_1min'],
]

export const durationClass = (ms: number): DurationClass =>
  limits.find(([limit]) => ms < limit)?.[1] ?? 'over_1min'
