import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { sqliteStorage } from '@portico/storage-sqlite'
import { expect, it, onTestFinished } from 'vitest'

import { startLoad } from './load.ts'
import { createNodes, routeUrl } from './nodes.ts'
import { runsCampaigns } from './storages.ts'
import { until } from './until.ts'

const jumpSeconds = 600

it.skipIf(!runsCampaigns)(
  'gateways whose clocks jump by ten minutes, together or apart, lose and double nothing',
  { timeout: 600_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-clock-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const offsets = [0, 0, 0]
    const nodes = offsets.map((_, index) => {
      const database = new DatabaseSync(join(directory, 'portico.db'))
      onTestFinished(() => database.close())
      const now = () => Math.floor(Date.now() / 1000) + (offsets[index] ?? 0)
      return { storage: sqliteStorage(database, { now }), now }
    })
    const load = startLoad({ url: routeUrl, fetch: createNodes(nodes), users: 3, codesMayExpire: true })
    const steps = async (count: number): Promise<void> => {
      const before = load.steps
      await until(() => load.steps >= before + count || load.wrong.length > 0)
    }
    await steps(30)
    for (const jump of [
      [jumpSeconds, jumpSeconds, jumpSeconds],
      [0, 0, 0],
      [-jumpSeconds, -jumpSeconds, -jumpSeconds],
      [0, 0, 0],
      [jumpSeconds, 0, 0],
      [0, -jumpSeconds, 0],
      [0, 0, 0],
    ]) {
      offsets.splice(0, offsets.length, ...jump)
      await steps(40)
    }
    await load.stop()
    expect(load.wrong).toEqual([])
    expect(await load.audit()).toEqual({ held: expect.any(Number), lost: [], duplicated: [] })
  },
)
