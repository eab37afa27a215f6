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

/**
 * One sample: a fresh server process, a warm-up, a timed part.
 *
 * @throws {Error} when an answer was no 2xx: what refuses is fast, and its figure worth nothing
 */
export async function measure(
  target: TargetName,
  setup: Case,
  { load, upstreamUrl, directory }: Surroundings,
  { seconds, connections, warmupRequests, maxRequests }: MeasureOptions,
): Promise<Sample> {
  const server = startChild(new URL('server-process.ts', import.meta.url))
  try {
    const port = await server.ask<number>('start', { target, setup, upstreamUrl, directory })
    const run = async (limit: { seconds: number; maxRequests: number }) => {
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
      return { result, cpu: after - before }
    }
    await run({ seconds: 20, maxRequests: warmupRequests })
    const { result, cpu } = await run({ seconds, maxRequests })
    return {
      requestsPerSecond: result.requests / result.seconds,
      cpuMicrosecondsPerRequest: cpu / result.requests,
      p50Ms: result.p50Ms,
      requests: result.requests,
    }
  } finally {
    await server.stop()
  }
}
