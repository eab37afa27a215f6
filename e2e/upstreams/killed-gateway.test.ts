import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

import { createScriptedMcpClient, type McpConnection } from '@portico/test-peers'
import { expect, it, onTestFinished } from 'vitest'

import { statelessServer } from './mcp-servers.ts'
import { publicUrl } from './names.ts'
import type { GatewaySettings } from './open-gateway.ts'
import { type Moment, startProtectedUpstream } from './protected-upstream.ts'
import { createRandom } from './random.ts'
import { type GatewayProcess, loadGateway } from './spawn-gateway.ts'
import { connectUpstream, createWorld, redirectUri, routesTo, startIdentityProvider } from './world.ts'

const cycles = Number(process.env['PORTICO_TEST_KILL_CYCLES'] ?? 200)
const seed = Number(process.env['PORTICO_TEST_KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
/** As long as the machine needs: two idle cores take about a minute. */
const timeoutMs = 900_000
/** The longest that anything outlives the process that held it: the lease of a refresh. */
const restartSeconds = 31

type UpstreamName = 'rotating' | 'steady'
const names: readonly UpstreamName[] = ['rotating', 'steady']

/** One gateway after the other on one SQLite file, in front of two upstreams whose access tokens never last. */
async function startCampaign() {
  const directory = mkdtempSync(join(tmpdir(), 'portico-killed-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const world = createWorld()
  let observe: (moment: Moment, upstream: UpstreamName) => void = () => undefined
  const start = (name: UpstreamName) =>
    startProtectedUpstream(world, name, statelessServer().listener, {
      registration: 'document',
      rotates: name === 'rotating',
      // Shorter than the margin before which the gateway refreshes: every call does.
      accessTokenSeconds: () => 30,
      observe: (moment) => observe(moment, name),
    })
  const upstreams = { rotating: await start('rotating'), steady: await start('steady') }
  const settings: GatewaySettings = {
    signIn: await startIdentityProvider(),
    names: { ...world.names },
    storage: { sqlite: join(directory, 'portico.db') },
    ...routesTo({ rotating: upstreams.rotating.url, steady: upstreams.steady.url }),
  }
  // Two that are loading while one serves: a start costs more than a cycle.
  const load = () => {
    const process = loadGateway()
    // Those that are not needed any more end with the test.
    process.catch(() => undefined)
    return process
  }
  const loading = [load(), load()]
  let aheadSeconds = 0
  let running: GatewayProcess | undefined
  return {
    world,
    upstreams,
    async startGateway() {
      const next = await loading.shift()
      loading.push(load())
      running = await next?.serve({ ...settings, aheadSeconds })
      aheadSeconds += restartSeconds
      world.names[publicUrl] = `http://127.0.0.1:${running?.port}`
    },
    kill: async () => running?.kill(),
    observe(by: typeof observe) {
      observe = by
    },
  }
}

type Campaign = Awaited<ReturnType<typeof startCampaign>>

/** Kills the gateway once: at a moment of this kind, some turns of the event loop after it, or when told to. */
function killOnce(
  { kill, observe }: Campaign,
  { moment, count, turns }: { moment: Moment | 'any time'; count: number; turns: number },
): { readonly died: Promise<void>; now(): Promise<void> } {
  const died = Promise.withResolvers<void>()
  let killing: Promise<void> | undefined
  const afterTurns = async (): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) {
      await new Promise<void>((resolve) => void setImmediate(resolve))
    }
    await now()
  }
  const now = (): Promise<void> => (killing ??= kill().then(died.resolve))
  let left = count
  observe((seen) => {
    if (seen === moment && (left -= 1) === 0) void afterTurns()
  })
  if (moment === 'any time') void wait(count * turns).then(now)
  return { died: died.promise, now }
}

const moments = ['token request', 'token answer', 'call', 'answer', 'any time'] as const

it(
  `UP-08 a gateway that is killed at random during ${cycles} cycles of connecting, refreshing and calling loses no connection and presents no consumed refresh token twice (seed ${seed})`,
  { timeout: timeoutMs },
  async () => {
    const campaign = await startCampaign()
    const random = createRandom(seed)
    await campaign.startGateway()
    const browser = campaign.world.createBrowser()
    const client = createScriptedMcpClient({ fetch: campaign.world.raw, browser, redirectUri })
    const connections = new Map<UpstreamName, McpConnection>()
    const echo = async (name: UpstreamName) =>
      connections.get(name)?.call('tools/call', { name: 'echo', arguments: { text: 'alive' } })
    const alive = { status: 200, result: { content: [{ type: 'text', text: 'alive' }] } }
    for (const name of names) {
      await connectUpstream(browser, name)
      connections.set(name, await client.connect(`${publicUrl}/mcp/${name}`))
      // Shows the gateway whether this upstream rotates.
      expect(await echo(name)).toMatchObject(alive)
    }

    const outcomes = { kills: 0, interrupted: 0, connects: 0 }
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      // The gateway's clock runs ahead with every start, and its own tokens have to be renewed.
      if (cycle % 20 === 19) for (const connection of connections.values()) await connection.refresh()
      const name = random.pick(names)
      const { log } = campaign.upstreams[name].authorization
      const refreshes = () => log.grants.filter((grant) => grant === 'refresh_token').length
      const connects = random.below(4) === 0
      const doomed = random.below(2) === 0
      const moment = random.pick(moments)
      const count = 1 + random.below(connects ? 2 : 1)
      const turns = random.pick([0, random.below(30), random.below(30)])
      const refreshesBefore = refreshes()
      const steps = async (): Promise<void> => {
        if (connects) await connectUpstream(browser, name)
        await echo(name)
      }
      if (doomed) {
        const kill = killOnce(campaign, { moment, count, turns })
        // Whatever the world sees of a gateway that dies: the next one has to make it good.
        const over = steps().catch(() => undefined)
        await Promise.race([over, kill.died])
        await kill.now()
        await over
        await campaign.startGateway()
        outcomes.kills += 1
      } else await steps()
      if (connects) outcomes.connects += 1

      let answer = await echo(name)
      const demanded = JSON.stringify(answer?.result).includes(`/auth/connections/${name}/connect`)
      // The one thing nobody can know: whether an answer that nobody received made the refresh token void.
      const interrupted = name === 'rotating' && doomed && refreshes() - refreshesBefore <= 1
      if (demanded && interrupted) {
        outcomes.interrupted += 1
        await connectUpstream(browser, name)
        answer = await echo(name)
      }
      const context = JSON.stringify({ cycle, seed, name, connects, doomed, moment, count, turns, answer })
      expect(answer, context).toMatchObject(alive)
      expect(log, context).toMatchObject({ reuses: 0, refusals: [] })
    }
    // Far more is lost where the mark of a refresh under way, or its lease, does not hold.
    expect(outcomes.kills).toBeGreaterThan(0)
    expect(outcomes.interrupted).toBeLessThan(outcomes.kills / 2 + 10)
  },
)
