import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { startDeployment } from './deployment.ts'
import { startLoad } from './load.ts'
import { createSharedStorage, isPresent, runsCampaigns, type StorageName } from './storages.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'
import { until } from './until.ts'

/** How often a gateway is killed on each of the three storages: more than 200 times in all. */
const cycles = Number(process.env['PORTICO_TEST_KILL_CYCLES'] ?? 70)
const timeout = 60_000 + cycles * 15_000
const longestDelayMs = 25

let surroundings: Surroundings
beforeAll(async () => {
  if (runsCampaigns) surroundings = await startSurroundings()
}, timeout)
afterAll(() => surroundings?.close())

for (const name of ['sqlite', 'postgres', 'redis'] satisfies StorageName[]) {
  describe.skipIf(!isPresent(name))(`gateways on one ${name}`, () => {
    it(
      `lose and double nothing when one of them is killed at any moment, ${cycles} times`,
      { timeout },
      async () => {
        const storage = await createSharedStorage(name, { directory: surroundings.directory, database: 2 })
        const deployment = await startDeployment(surroundings, { storage: storage.setting })
        onTestFinished(async () => {
          await deployment.close()
          await storage.remove()
        })
        const load = startLoad({ url: deployment.url })

        for (let cycle = 0; cycle < cycles && load.wrong.length === 0; cycle++) {
          // A start takes less when nobody else wants the processor.
          await load.atRest(async () => {
            expect(await load.compare()).toEqual({ lost: [], duplicated: [] })
            await deployment.add()
          })
          const before = load.steps
          await until(() => load.steps > before || load.wrong.length > 0)
          // Anywhere in what it is doing for somebody.
          await setTimeout(randomInt(longestDelayMs))
          const [victim] = deployment.gateways
          if (victim) await deployment.kill(victim)
        }

        await load.stop()
        expect(load.wrong).toEqual([])
        expect(await load.audit()).toEqual({ held: expect.any(Number), lost: [], duplicated: [] })
      },
    )
  })
}
