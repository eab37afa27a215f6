import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { createPostgres, createRedis, findPostgres, findRedis } from './own-servers.ts'
import type { RestartableServer } from './own-servers.ts'
import { runsCampaigns } from './storages.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'
import { underLoad } from './under-load.ts'

// The servers are this file's own: real ones, whose processes end while users are at work.

const timeout = 600_000

let surroundings: Surroundings
beforeAll(async () => {
  if (runsCampaigns) surroundings = await startSurroundings()
}, timeout)
afterAll(() => surroundings?.close())

const [postgres, redis] = [findPostgres(), findRedis()]

interface Restarted {
  readonly name: string
  /** Undefined where the server is not installed. */
  readonly create: (() => Promise<RestartableServer>) | undefined
  /** How it is stopped, and whether it may write anything down before it ends. */
  readonly stops: readonly (readonly [how: string, signal: NodeJS.Signals])[]
}

const restarted: readonly Restarted[] = [
  {
    name: 'PostgreSQL',
    create: postgres === undefined ? undefined : () => createPostgres(postgres),
    // What `pg_ctl stop` sends in its modes "fast" and "immediate".
    stops: [
      ['fast', 'SIGINT'],
      ['immediate', 'SIGQUIT'],
    ],
  },
  {
    name: 'Redis',
    create:
      redis === undefined
        ? undefined
        : // As the README of the storage says: an answer is given when the record is on the disk.
          () => createRedis(redis, ['--appendonly', 'yes', '--appendfsync', 'always']),
    stops: [
      ['shut down', 'SIGTERM'],
      ['killed', 'SIGKILL'],
    ],
  },
]

for (const { name, create, stops } of restarted) {
  describe(`three gateways whose ${name} is stopped and started`, { timeout }, () => {
    it.skipIf(!runsCampaigns || create === undefined).each(stops)(
      'twice (%s), answer 503 meanwhile, recover by themselves and lose nothing',
      async (_how, signal) => {
        const server = await create?.()
        if (!server) throw new Error(`${name} is not installed`)
        onTestFinished(server.remove)
        await server.start()
        const { steps, interruptions, readiness, recovery, expectNothingLost } = await underLoad(
          surroundings,
          server.url,
        )
        for (let round = 0; round < 2; round++) {
          await server.stop(signal)
          // Everybody at least once.
          await interruptions(4)
          expect(await readiness()).toEqual([503, 503, 503])
          await server.start()
          await recovery()
          await steps(20)
        }
        await expectNothingLost()
      },
    )
  })
}
