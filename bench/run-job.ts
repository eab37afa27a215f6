import { Pool } from 'undici'

import { refreshForm } from './flow.ts'
import type { Job, JobRequest } from './job.ts'
import { formHeaders } from './job.ts'

export interface LoadOptions {
  /** Origin of the server under load. */
  readonly origin: string
  readonly connections: number
  /** The load ends with whichever comes first: the time, the count, or the job. */
  readonly seconds: number
  readonly maxRequests: number
}

export interface LoadResult {
  /** All answers, failures included. */
  readonly requests: number
  /** Answers other than 2xx. */
  readonly failures: number
  /** Status of the first failure, with the code it names. */
  readonly firstFailure?: string
  readonly seconds: number
  /** Median time from request to the end of the answer. */
  readonly p50Ms: number
}

/** Sends a job over kept-alive connections, each with one request under way at a time. */
export async function runJob(job: Job, options: LoadOptions): Promise<LoadResult> {
  const { origin, connections, seconds, maxRequests } = options
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const durations: number[] = []
  let failures = 0
  let firstFailure: string | undefined
  let begun = 0
  const start = performance.now()
  const deadline = start + seconds * 1000

  async function connection(index: number): Promise<void> {
    const source = requestSource(job, index, () => begun)
    while (performance.now() < deadline && begun < maxRequests) {
      const request = source.next()
      if (!request) return
      begun += 1
      const sentAt = performance.now()
      const answer = await pool.request({ ...request, body: request.body ?? null })
      const body = await answer.body.text()
      durations.push(performance.now() - sentAt)
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        source.answered(body)
      } else {
        failures += 1
        firstFailure ??= `${answer.statusCode} ${/"error":"(\w+)"/.exec(body)?.[1] ?? ''}`.trim()
        // A chain has no next token, and nothing else would get better either.
        return
      }
    }
  }

  try {
    await Promise.all(Array.from({ length: connections }, (_, index) => connection(index)))
  } finally {
    await pool.destroy()
  }
  durations.sort((one, other) => one - other)
  return {
    requests: durations.length,
    failures,
    ...(firstFailure !== undefined && { firstFailure }),
    seconds: (performance.now() - start) / 1000,
    p50Ms: durations[Math.floor(durations.length / 2)] ?? 0,
  }
}

interface RequestSource {
  /** `undefined` when there is no more. */
  next(): JobRequest | undefined
  answered(body: string): void
}

/** @param begun how many requests all connections have begun */
function requestSource(job: Job, index: number, begun: () => number): RequestSource {
  const ignore = () => undefined
  switch (job.kind) {
    case 'repeat':
      return { next: () => job.request, answered: ignore }
    case 'forms':
      return { next: () => formRequest(job.path, job.forms[begun()]), answered: ignore }
    case 'chains': {
      let token = job.refreshTokens[index]
      return {
        next: () => formRequest(job.path, token && refreshForm(job.clientId, token)),
        answered: (body) => {
          token = (JSON.parse(body) as { refresh_token?: string }).refresh_token
        },
      }
    }
  }
}

function formRequest(path: string, body: string | undefined): JobRequest | undefined {
  return body === undefined ? undefined : { method: 'POST', path, headers: formHeaders, body }
}
