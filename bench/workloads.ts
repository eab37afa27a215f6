export const workloadIds = ['W1', 'W2', 'W3', 'W4', 'W5'] as const
export type WorkloadId = (typeof workloadIds)[number]

export type TokenFormat = 'jwt' | 'opaque'
export type StorageKind = 'memory' | 'sqlite'

/** One comparison: what is asked of every target, and how the target is set up. */
export interface Case {
  readonly workload: WorkloadId
  readonly title: string
  readonly format: TokenFormat
  readonly storage: StorageKind
}

const tokens = [
  { format: 'jwt', storage: 'memory' },
  { format: 'opaque', storage: 'memory' },
  { format: 'jwt', storage: 'sqlite' },
  { format: 'opaque', storage: 'sqlite' },
] as const

/** In the order in which they run. */
export const cases: readonly Case[] = [
  ...tokens.map((setup) => ({ workload: 'W1' as const, title: 'token by code', ...setup })),
  ...tokens.map((setup) => ({ workload: 'W2' as const, title: 'token by refresh', ...setup })),
  { workload: 'W3', title: 'registration', format: 'jwt', storage: 'memory' },
  { workload: 'W3', title: 'registration', format: 'jwt', storage: 'sqlite' },
  { workload: 'W4', title: 'metadata', format: 'jwt', storage: 'memory' },
  { workload: 'W5', title: 'protected MCP call', format: 'jwt', storage: 'memory' },
  { workload: 'W5', title: 'protected MCP call', format: 'opaque', storage: 'memory' },
]

/** Names a case in tables and in stored runs. */
export function caseName({ workload, title, format, storage }: Case): string {
  const setup = { W1: `${format}, ${storage}`, W2: `${format}, ${storage}`, W3: storage, W4: '', W5: format }
  return [`${workload} ${title}`, setup[workload]].filter((part) => part !== '').join(', ')
}
