import { startChild } from './child-process.ts'
import type { Child } from './child-process.ts'
import type { Job } from './job.ts'
import type { LoadResult } from './run-job.ts'
import type { TargetName } from './targets/start-target.ts'
import type { Case } from './workloads.ts'

export interface MeasureOptions {
  /** Of the timed part. */
  readonly seconds: number
  readonly connections: number
  /** Before the timed part. */
  readonly warmupRequests: number
  /** Bounds the timed part, and the codes that are made for it. */
  readonly maxRequests: number
}

export interface Sample {
  readonly requestsPerSecond: number
  /** Of the server's process, all threads. */
  readonly cpuMicrosecondsPerRequest: number
  readonly p50Ms: number
  readonly requests: number
}

/** What all samples share: the load generator, the upstream, a place for files. */
export interface Surroundings {
  readonly load: Child
  readonly upstreamUrl: string
  readonly directory: string
}

/** A target that runs, and is past its warm-up. */
export interface WarmTarget {
  /** @throws {Error} when an answer was no 2xx: what refuses is fast, and its figure worth nothing */
  sample(): Promise<Sample>
  stop(): Promise<void>
}

/** Starts a target in a process of its own, and warms it up. */
export async function warmTarget(
  target: TargetName,
  setup: Case,
  { load, upstreamUrl, directory }: Surroundings,
  { seconds, connections, warmupRequests, maxRequests }: MeasureOptions,
): Promise<WarmTarget> {
  const server = startChild(new URL('server-process.ts', import.meta.url))
  const stop = () => server.stop()
  try {
    const port = await server.ask<number>('start', { target, setup, upstreamUrl, directory })
    const run = async (limit: { seconds: number; maxRequests: number }): Promise<Sample> => {
      // Chains need one token for each connection, codes one for each request.
      const job = await server.ask<Job>('makeJob', setup.workload === 'W1' ? limit.maxRequests : connections)
      const before = await server.ask<number>('cpu')
      const options = { origin: `http://127.0.0.1:${port}`, connections, ...limit }
      const result = await load.ask<LoadResult>('run', { job, options })
      const after = await server.ask<number>('cpu')
      if (result.failures > 0 || result.requests === 0) {
        throw new Error(
          `${target}, ${setup.workload}: ${result.failures} of ${result.requests} failed (${result.firstFailure})`,
        )
      }
      return {
        requestsPerSecond: result.requests / result.seconds,
        cpuMicrosecondsPerRequest: (after - before) / result.requests,
        p50Ms: result.p50Ms,
        requests: result.requests,
      }
    }
    await run({ seconds: 20, maxRequests: warmupRequests })
    return { sample: () => run({ seconds, maxRequests }), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
