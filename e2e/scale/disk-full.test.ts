import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { sqliteStorage } from '@portico/storage-sqlite'
import { expect, it, onTestFinished } from 'vitest'

import { startLoad } from './load.ts'
import { createNodes, publicUrl, routeUrl } from './nodes.ts'
import { until } from './until.ts'

/** More pages than any file has. */
const unlimited = 1_073_741_823

it(
  'a gateway whose disk is full answers 503 to what writes, reads on, and is well when there is space again, with nothing lost',
  { timeout: 600_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-full-'))
    const database = new DatabaseSync(join(directory, 'portico.db'))
    onTestFinished(() => {
      database.close()
      rmSync(directory, { recursive: true })
    })
    const now = () => Math.floor(Date.now() / 1000)
    const fetch = createNodes([{ storage: sqliteStorage(database), now }])
    const load = startLoad({ url: routeUrl, fetch })
    const steps = async (count: number): Promise<void> => {
      const before = load.steps
      await until(() => load.steps >= before + count || load.wrong.length > 0)
    }

    const readiness = async () => (await fetch(new Request(`${publicUrl}/readyz`))).status
    // Orchestrators ask before they send anything; the server's keys are made then.
    expect(await readiness()).toBe(200)
    for (let round = 0; round < 3; round++) {
      await steps(40)
      // The file may not grow any more: SQLite answers as on a disk without space, "database or disk is full".
      const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
      database.exec(`PRAGMA max_page_count = ${pages}`)
      const before = load.interruptions
      await until(() => load.interruptions > before + 10 || load.wrong.length > 0)
      expect(await readiness()).toBe(200)
      database.exec(`PRAGMA max_page_count = ${unlimited}`)
    }
    await steps(40)
    await load.stop()
    expect(load.wrong).toEqual([])
    expect(await load.audit()).toEqual({ held: expect.any(Number), lost: [], duplicated: [] })
  },
)
