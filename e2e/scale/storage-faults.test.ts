import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { createSharedStorage, isPresent, runsCampaigns, servers } from './storages.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'
import { startTcpProxy } from './tcp-proxy.ts'
import { underLoad } from './under-load.ts'

const timeout = 600_000

let surroundings: Surroundings
beforeAll(async () => {
  if (runsCampaigns) surroundings = await startSurroundings()
}, timeout)
afterAll(() => surroundings?.close())

/** A storage of its own, and a way to it that can be spoiled. */
async function storageBehindLink(name: 'postgres' | 'redis') {
  const link = await startTcpProxy({ url: servers[name] ?? '' })
  const storage = await createSharedStorage(name, { directory: surroundings.directory, database: 3 })
  onTestFinished(async () => {
    await link.close()
    await storage.remove()
  })
  const setting = new URL(storage.setting)
  setting.port = String(link.port)
  // The ten seconds after which a gateway gives up by default would only make the test longer.
  if (name === 'postgres') setting.searchParams.set('query_timeout', '2000')
  return { link, setting: setting.href }
}

for (const name of ['postgres', 'redis'] as const) {
  describe.skipIf(!isPresent(name))(`three gateways whose ${name}`, { timeout }, () => {
    it('is cut off and comes back, twice, answer 503 meanwhile and lose nothing', async () => {
      const { link, setting } = await storageBehindLink(name)
      const { steps, interruptions, readiness, recovery, expectNothingLost } = await underLoad(
        surroundings,
        setting,
      )
      for (let round = 0; round < 2; round++) {
        link.set('silent')
        // Everybody at least once: each waits for an answer until time is up.
        await interruptions(4)
        expect(await readiness()).toEqual([503, 503, 503])
        link.set('open')
        await recovery()
        await steps(20)
      }
      await expectNothingLost()
    })

    it('answers late let everybody wait, and lose nothing', async () => {
      const { link, setting } = await storageBehindLink(name)
      const { steps, readiness, expectNothingLost } = await underLoad(surroundings, setting)
      link.set('slow')
      await steps(30)
      expect(await readiness()).toEqual([200, 200, 200])
      link.set('open')
      await steps(20)
      await expectNothingLost()
    })
  })
}
