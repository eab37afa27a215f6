import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { runJob } from './run-job.ts'
import { startTarget, targetNames } from './targets/start-target.ts'
import { startUpstream } from './upstream.ts'
import { caseName, cases } from './workloads.ts'

it.each(cases.map((setup) => [caseName(setup), setup] as const))(
  '%s is answered with 2xx by every target',
  async (_, setup) => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-bench-test-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const upstream = await startUpstream()
    onTestFinished(() => upstream.close())

    const answered = targetNames.map(async (target) => {
      const running = await startTarget[target]({ setup, directory, upstreamUrl: upstream.url })
      onTestFinished(() => running.close())
      const job = await running.makeJob(6)
      const origin = `http://127.0.0.1:${running.port}`
      const limits = { connections: 2, seconds: 60, maxRequests: 6 }
      const { requests, failures, firstFailure } = await runJob(job, { origin, ...limits })
      return { target, requests, failures, firstFailure }
    })

    expect(await Promise.all(answered)).toEqual(
      targetNames.map((target) => ({ target, requests: 6, failures: 0, firstFailure: undefined })),
    )
  },
)
