import type { Job } from '../job.ts'
import type { Case } from '../workloads.ts'

export interface TargetOptions {
  readonly setup: Case
  /** The MCP server behind the proxy. */
  readonly upstreamUrl: string
  /** Where a SQLite file may be put. */
  readonly directory: string
}

/** What the jobs of all workloads are made from. */
export interface RunningTarget {
  readonly port: number
  /** @param count how many requests, or chains, it must be good for where each needs something of its own */
  makeJob(count: number): Promise<Job>
  close(): Promise<void>
}

export type StartTarget = (options: TargetOptions) => Promise<RunningTarget>
