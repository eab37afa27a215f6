import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { startDeployment } from './deployment.ts'
import { startLoad } from './load.ts'
import { createSharedStorage, isPresent, runsCampaigns, servers } from './storages.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'
import { type LinkState, startTcpProxy } from './tcp-proxy.ts'
import { until } from './until.ts'

const timeout = 600_000

let surroundings: Surroundings
beforeAll(async () => {
  if (runsCampaigns) surroundings = await startSurroundings()
}, timeout)
afterAll(() => surroundings?.close())

/** Gateways with users at work, whose way to their storage can be spoiled. */
async function underLoad(name: 'postgres' | 'redis') {
  const link = await startTcpProxy({ url: servers[name] ?? '' })
  const storage = await createSharedStorage(name, { directory: surroundings.directory, database: 3 })
  const setting = new URL(storage.setting)
  setting.port = String(link.port)
  // The ten seconds after which a gateway gives up by default would only make the test longer.
  if (name === 'postgres') setting.searchParams.set('query_timeout', '2000')
  const deployment = await startDeployment(surroundings, { storage: setting.href })
  onTestFinished(async () => {
    await deployment.close()
    await link.close()
    await storage.remove()
  })
  const load = startLoad({ url: deployment.url })
  const steps = async (count: number): Promise<void> => {
    const before = load.steps
    await until(() => load.steps >= before + count || load.wrong.length > 0)
  }
  const interruptions = async (count: number): Promise<void> => {
    const before = load.interruptions
    await until(() => load.interruptions >= before + count || load.wrong.length > 0)
  }
  const readiness = (): Promise<number[]> =>
    Promise.all(
      deployment.gateways.map(async ({ origin }) => (await fetch(new URL('/readyz', origin))).status),
    )
  await steps(20)
  return { link, load, steps, interruptions, readiness }
}

for (const name of ['postgres', 'redis'] as const) {
  describe.skipIf(!isPresent(name))(`three gateways whose ${name}`, { timeout }, () => {
    it.each<[string, LinkState]>([
      ['is stopped and started', 'refused'],
      ['is cut off and comes back', 'silent'],
    ])('%s, twice, answer 503 meanwhile and lose nothing', async (_title, state) => {
      const { link, load, steps, interruptions, readiness } = await underLoad(name)
      for (let round = 0; round < 2 && load.wrong.length === 0; round++) {
        await link.set(state)
        // Everybody at least once: behind a cut cable each waits for an answer until time is up.
        await interruptions(4)
        expect(await readiness()).toEqual([503, 503, 503])
        await link.set('open')
        // By themselves: nothing is restarted.
        await until(async () => (await readiness()).every((status) => status === 200))
        await steps(20)
      }
      await load.stop()
      expect(load.wrong).toEqual([])
      expect(await load.audit()).toEqual({ held: expect.any(Number), lost: [], duplicated: [] })
    })

    it('answers late lets everybody wait, and loses nothing', async () => {
      const { link, load, steps, readiness } = await underLoad(name)
      await link.set('slow')
      await steps(30)
      expect(await readiness()).toEqual([200, 200, 200])
      await link.set('open')
      await steps(20)
      await load.stop()
      expect(load.wrong).toEqual([])
      expect(await load.audit()).toEqual({ held: expect.any(Number), lost: [], duplicated: [] })
    })
  })
}
