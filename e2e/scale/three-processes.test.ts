import { randomUUID } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createFlow, type Deployment, startDeployment } from './deployment.ts'
import {
  createSharedStorage,
  isPresent,
  runsCampaigns,
  type SharedStorage,
  type StorageName,
} from './storages.ts'
import { startSurroundings, type Surroundings } from './surroundings.ts'

const flowCount = 200
const flowsAtOnce = 8
const parallel = 50
const timeout = 600_000

let surroundings: Surroundings
beforeAll(async () => {
  if (runsCampaigns) surroundings = await startSurroundings()
}, timeout)
afterAll(() => surroundings?.close())

for (const name of ['sqlite', 'postgres', 'redis'] satisfies StorageName[]) {
  describe.skipIf(!isPresent(name))(
    `three gateway processes on one ${name}, every request of a flow to another one`,
    { timeout },
    () => {
      let storage: SharedStorage
      let deployment: Deployment
      beforeAll(async () => {
        storage = await createSharedStorage(name, { directory: surroundings.directory, database: 1 })
        deployment = await startDeployment(surroundings, { storage: storage.setting })
      }, timeout)
      afterAll(async () => {
        await deployment?.close()
        await storage?.remove()
      })
      it(`complete ${flowCount} flows`, async () => {
        const waiting = Array.from({ length: flowCount }, (_, index) => `flow ${index}`)
        const complete = async (flow: string): Promise<void> => {
          const { client } = createFlow(flow)
          const connection = await client.connect(deployment.url)
          expect((await connection.call('tools/list')).result).toHaveProperty('tools')
          const { refreshToken: first } = connection.tokens
          const { refreshToken: second } = await connection.refresh()
          expect(second).not.toBe(first)
          expect((await connection.call('tools/list')).status).toBe(200)
        }
        const worker = async (): Promise<void> => {
          for (let flow = waiting.pop(); flow !== undefined; flow = waiting.pop()) await complete(flow)
        }
        await Promise.all(Array.from({ length: flowsAtOnce }, worker))

        const flows = [...deployment.balancer.served].filter(([flow]) => flow.startsWith('flow '))
        expect(flows).toHaveLength(flowCount)
        for (const [, gateways] of flows) {
          expect(new Set(gateways).size).toBe(3)
          expect(gateways.filter((gateway, index) => gateway === gateways[index - 1])).toEqual([])
        }
      })

      it(`answer ${parallel} refreshes of one token with one successor`, async () => {
        const { client } = createFlow(randomUUID())
        const connection = await client.connect(deployment.url)
        const { server, client: identity, tokens } = connection
        const refresh = (token = ''): Promise<Response> => client.steps.refresh(server, identity, token)
        const answers = await Promise.all(
          Array.from({ length: parallel }, () => refresh(tokens.refreshToken)),
        )
        expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: parallel }, () => 200))
        const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Record<string, string>[]
        const successors = new Set(bodies.map((body) => body['refresh_token']))
        expect(successors.size).toBe(1)
        // One lineage: its newest token goes on, and any of the access tokens is good.
        expect((await refresh([...successors][0])).status).toBe(200)
        const accessToken = bodies.at(-1)?.['access_token'] ?? ''
        expect((await client.mcp.call(deployment.url, 'tools/list', {}, { accessToken })).status).toBe(200)
      })

      it(`let one of ${parallel} redemptions of one code win`, async () => {
        const { client } = createFlow(randomUUID())
        const { server, client: identity, resource } = await client.connect(deployment.url)
        const request = await client.steps.authorizationRequest(server, identity, {
          resource: resource.resource,
          scope: 'mcp:tools offline_access',
        })
        const callback = await client.authorize(request)
        const code = callback.parameters.get('code') ?? ''
        const answers = await Promise.all(
          Array.from({ length: parallel }, () => client.steps.redeem(server, identity, request, code)),
        )
        const winners = answers.filter(({ status }) => status === 200)
        expect(winners).toHaveLength(1)
        const losers = answers.filter((answer) => !winners.includes(answer))
        const refusals = (await Promise.all(losers.map((answer) => answer.json()))) as { error: string }[]
        expect(new Set(refusals.map(({ error }) => error))).toEqual(new Set(['invalid_grant']))
      })
    },
  )
}
