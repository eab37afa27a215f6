import { createClient } from 'redis'
import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest'

import { createClusterNode, findRedis, startRedisCluster, startRedisSentinel } from './own-servers.ts'
import { runsCampaigns } from './storages.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'
import { underLoad } from './under-load.ts'
import { until } from './until.ts'

// What an operator does before maintenance: the way that the README of the storage describes, in which nothing is lost.
// A primary that is gone all of a sudden takes with it what its replicas have not heard of.

const timeout = 600_000
const program = runsCampaigns ? findRedis() : undefined

let surroundings: Surroundings
beforeAll(async () => {
  if (program !== undefined) surroundings = await startSurroundings()
}, timeout)
afterAll(() => surroundings?.close())

/** Sends commands to one server, until the end of the test. */
async function commandsTo(host: string, port: number | string) {
  const client = createClient({ url: `redis://${host}:${port}` }).on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.destroy())
  return (...command: string[]): Promise<unknown> => client.sendCommand(command)
}

/** The numbers in the answer to `INFO replication`: how far the primary is, and how far its replica. */
function offsetsIn(information: unknown): readonly (string | undefined)[] {
  const text = String(information)
  return [/^slave0:.*\boffset=(\d+)/m, /^master_repl_offset:(\d+)/m].map((pattern) => pattern.exec(text)?.[1])
}

describe.skipIf(program === undefined)('three gateways whose Redis', { timeout }, () => {
  it('is switched to a replica behind Sentinel go on with that, and lose nothing', async () => {
    const group = await startRedisSentinel(program ?? '')
    onTestFinished(group.remove)
    const { host, hostname, port } = new URL(group.url)
    const sentinel = await commandsTo(hostname, port)
    const addressOfPrimary = async (): Promise<readonly string[]> =>
      (await sentinel('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'portico')) as readonly string[]
    const { steps, recovery, expectNothingLost } = await underLoad(
      surroundings,
      `redis+sentinel://${host}/portico`,
    )

    const before = await addressOfPrimary()
    const [primaryHost = '', primaryPort = ''] = before
    const primary = await commandsTo(primaryHost, primaryPort)
    await primary('CLIENT', 'PAUSE', '60000', 'WRITE')
    await until(async () => {
      const [replica, own] = offsetsIn(await primary('INFO', 'replication'))
      return replica !== undefined && replica === own
    })
    // Refused until the sentinel has heard of the replica.
    await until(() => sentinel('SENTINEL', 'FAILOVER', 'portico').then(Boolean, () => false))
    await until(async () => String(await addressOfPrimary()) !== String(before))

    await recovery()
    await steps(40)
    await expectNothingLost()
  })

  it('cluster makes a replica the primary go on with that, and lose nothing', async () => {
    const cluster = await startRedisCluster(program ?? '')
    onTestFinished(cluster.remove)
    const { host, hostname, port } = new URL(cluster.url)
    const anyNode = await commandsTo(hostname, port)
    const slot = Number(await anyNode('CLUSTER', 'KEYSLOT', '{portico}'))
    type Range = readonly [first: number, last: number, primary: readonly [string, number, string]]
    const ranges = (await anyNode('CLUSTER', 'SLOTS')) as readonly Range[]
    const [, , holder = ['', 0, '']] = ranges.find(([first, last]) => first <= slot && slot <= last) ?? []

    const added = await createClusterNode(program ?? '')
    onTestFinished(added.remove)
    await added.start()
    const address = new URL(added.url)
    const replica = await commandsTo(address.hostname, address.port)
    await replica('CLUSTER', 'MEET', hostname, port)
    // Refused while it does not know that node.
    await until(() => replica('CLUSTER', 'REPLICATE', holder[2]).then(Boolean, () => false))
    const { steps, recovery, expectNothingLost } = await underLoad(surroundings, `redis+cluster://${host}`)

    const role = async (): Promise<readonly unknown[]> => (await replica('ROLE')) as readonly unknown[]
    await until(async () => (await role())[3] === 'connected')
    let asked = 0
    await until(async () => {
      // The nodes give up after five seconds, which a busy machine may need: they are asked again after twice that.
      if (Date.now() - asked > 10_000) {
        asked = Date.now()
        await replica('CLUSTER', 'FAILOVER')
      }
      return (await role())[0] === 'master'
    })
    await recovery()
    await steps(40)
    await expectNothingLost()
  })
})
