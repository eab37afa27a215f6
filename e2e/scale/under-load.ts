import { expect, onTestFinished } from 'vitest'

import { startDeployment } from './deployment.ts'
import { startLoad } from './load.ts'
import type { Surroundings } from './surroundings.ts'
import { until } from './until.ts'

/** Three gateways with users at work, until the end of the test. */
export interface UnderLoad {
  /** Waits for so many steps of users that come to their end. */
  readonly steps: (count: number) => Promise<void>
  /** Waits for so many requests that are answered with 503. */
  readonly interruptions: (count: number) => Promise<void>
  /** What each gateway answers at `/readyz`. */
  readonly readiness: () => Promise<readonly number[]>
  /** Waits until every gateway is ready again by itself. */
  readonly recovery: () => Promise<void>
  /** Lets everybody finish; nothing was lost, doubled, or answered with anything wrong but 503. */
  readonly expectNothingLost: () => Promise<void>
}

/** @param storage as `PORTICO_STORAGE` */
export async function underLoad(surroundings: Surroundings, storage: string): Promise<UnderLoad> {
  const deployment = await startDeployment(surroundings, { storage })
  onTestFinished(() => deployment.close())
  const load = startLoad({ url: deployment.url })
  const steps = async (count: number): Promise<void> => {
    const before = load.steps
    await until(() => load.steps >= before + count || load.wrong.length > 0)
  }
  const readiness = (): Promise<readonly number[]> =>
    Promise.all(
      deployment.gateways.map(async ({ origin }) => (await fetch(new URL('/readyz', origin))).status),
    )
  await steps(20)
  return {
    steps,
    async interruptions(count) {
      const before = load.interruptions
      await until(() => load.interruptions >= before + count || load.wrong.length > 0)
    },
    readiness,
    recovery: () => until(async () => (await readiness()).every((status) => status === 200)),
    async expectNothingLost() {
      await load.stop()
      expect(load.wrong).toEqual([])
      expect(await load.audit()).toEqual({ held: expect.any(Number), lost: [], duplicated: [] })
    },
  }
}
