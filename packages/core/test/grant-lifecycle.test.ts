import { memoryStorage } from '@portico/storage'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { testServer } from './test-server.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  refreshForm,
  registerClient,
  requestToken,
} from './token-client.ts'

// A small reference model of one grant, run beside two nodes on one storage. Whatever the sequence, both must agree on
// which token works.

const idleTtlSeconds = 1000
const absoluteTtlSeconds = 4000
const windowSeconds = 30
const codeTtlSeconds = 60
const accessTtlSeconds = 300

interface Model {
  now: number
  readonly codeExpiresAt: number
  redeemedAt: number | undefined
  revoked: boolean
  /** Refresh tokens as issued: the place in the list is the generation. */
  readonly refreshTokens: string[]
  rotatedAt: number
  refreshableUntil: number
  readonly accessTokens: { token: string; expiresAt: number }[]
}

interface Real {
  readonly nodes: readonly ReturnType<typeof testServer>[]
  readonly clock: { seconds: number }
  readonly clientId: string
  readonly code: string
}

type Command = fc.AsyncCommand<Model, Real>

const grantEndsAt = (model: Model) => model.codeExpiresAt - codeTtlSeconds + absoluteTtlSeconds

const isAlive = (model: Model) => model.redeemedAt !== undefined && !model.revoked

function agree(what: string, real: unknown, expected: unknown): void {
  if (JSON.stringify(real) === JSON.stringify(expected)) return
  throw new Error(`${what}: ${JSON.stringify(real)}, by the model ${JSON.stringify(expected)}`)
}

function keepAccess(model: Model, answer: { access_token: string; expires_in: number }): void {
  model.accessTokens.push({ token: answer.access_token, expiresAt: model.now + answer.expires_in })
}

class Wait implements Command {
  readonly seconds: number
  constructor(seconds: number) {
    this.seconds = seconds
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    model.now += this.seconds
    real.clock.seconds += this.seconds
  }
  toString = () => `wait ${this.seconds} s`
}

class Redeem implements Command {
  readonly node: number
  readonly times: number
  constructor(node: number, times: number) {
    this.node = node
    this.times = times
  }
  check = () => true
  async run(model: Model, { nodes, clientId, code }: Real): Promise<void> {
    const answers = await Promise.all(
      Array.from({ length: this.times }, (_, index) =>
        requestToken(nodes[(this.node + index) % 2]!, codeForm(clientId, code)),
      ),
    )
    const [winner, ...more] = answers.filter((answer) => answer.status === 200)
    const possible = model.redeemedAt === undefined && model.now < model.codeExpiresAt && !model.revoked
    agree('redemptions that succeed', [winner, ...more].filter(Boolean).length, possible ? 1 : 0)
    if (winner) {
      model.redeemedAt = model.now
      model.refreshTokens.push(winner.body.refresh_token)
      model.refreshableUntil = Math.min(model.now + idleTtlSeconds, grantEndsAt(model))
      keepAccess(model, winner.body)
    } else if (model.redeemedAt !== undefined && model.now < model.redeemedAt + 600) {
      model.revoked = true
    }
  }
  toString = () => `redeem the code ${this.times} times`
}

class Refresh implements Command {
  readonly node: number
  readonly age: number
  readonly times: number
  constructor(node: number, age: number, times: number) {
    this.node = node
    this.age = age
    this.times = times
  }
  check = ({ refreshTokens }: Readonly<Model>) => refreshTokens.length > this.age
  async run(model: Model, { nodes, clientId }: Real): Promise<void> {
    const newest = model.refreshTokens.length - 1
    const presented = newest - this.age
    const form = refreshForm(clientId, model.refreshTokens[presented]!)
    const answers = await Promise.all(
      Array.from({ length: this.times }, (_, index) => requestToken(nodes[(this.node + index) % 2]!, form)),
    )
    const statuses = new Set(answers.map((answer) => answer.status))
    const refreshable = isAlive(model) && model.now < model.refreshableUntil
    const inWindow = this.age === 1 && model.now < model.rotatedAt + windowSeconds
    if (refreshable && (this.age === 0 || inWindow)) {
      agree('statuses', [...statuses], [200])
      const successors = new Set(answers.map((answer) => answer.body.refresh_token))
      agree('successors', successors.size, 1)
      for (const { body } of answers) keepAccess(model, body)
      const [successor] = successors
      if (this.age === 1) {
        agree('the successor', successor, model.refreshTokens[newest])
        return
      }
      agree('whether the successor is known', model.refreshTokens.includes(successor!), false)
      model.refreshTokens.push(successor!)
      model.rotatedAt = model.now
      model.refreshableUntil = Math.min(model.now + idleTtlSeconds, grantEndsAt(model))
    } else {
      agree('statuses', [...statuses], [400])
      agree('errors', [...new Set(answers.map((answer) => answer.body.error))], ['invalid_grant'])
      if (refreshable) model.revoked = true
    }
  }
  toString = () => `refresh with the token ${this.age} before the newest, ${this.times} times`
}

class Revoke implements Command {
  readonly node: number
  constructor(node: number) {
    this.node = node
  }
  check = () => true
  async run(model: Model, { nodes }: Real): Promise<void> {
    await nodes[this.node]!.revokeGrants({ subject: 'user-1' })
    model.revoked = true
  }
  toString = () => 'revoke'
}

class Verify implements Command {
  readonly node: number
  constructor(node: number) {
    this.node = node
  }
  check = () => true
  async run(model: Model, { nodes }: Real): Promise<void> {
    for (const { token, expiresAt } of model.accessTokens) {
      const verified = await nodes[this.node]!.verifyAccessToken(token, demoResource)
      const valid = isAlive(model) && model.now < expiresAt && model.now < grantEndsAt(model)
      agree('validity', verified !== undefined, valid)
    }
  }
  toString = () => 'verify every access token'
}

const node = fc.nat(1)
const wait = fc.constantFrom(1, 5, 29, 30, 31).map((seconds) => new Wait(seconds))
const longWait = fc.constantFrom(59, 60, 299, 300, 999, 1000).map((seconds) => new Wait(seconds))
const times = fc.integer({ min: 1, max: 3 })
const redeem = fc.tuple(node, times).map(([on, often]) => new Redeem(on, often))
const refresh = fc
  .tuple(node, fc.constantFrom(0, 0, 0, 1, 1, 2), times)
  .map(([on, age, often]) => new Refresh(on, age, often))
const verify = node.map((on) => new Verify(on))
const revoke = node.map((on) => new Revoke(on))
// What ends a grant is rare, or nothing interesting would ever happen after it.
const often = [wait, refresh, refresh, refresh, verify]
const commands = fc.commands([...often, ...often, ...often, longWait, redeem, revoke], {
  size: 'medium',
  maxCommands: 60,
})

it('AS-55 to AS-69 a grant lives as the model says, whatever happens to it in whatever order, on two nodes', async () => {
  const property = fc.asyncProperty(fc.boolean(), commands, async (redeemed, sequence) => {
    const clock = { seconds: 1_800_000_000 }
    const now = () => clock.seconds
    const storage = memoryStorage({ now })
    const options = {
      storage,
      now,
      codeTtlSeconds,
      accessToken: { format: 'opaque', ttlSeconds: accessTtlSeconds, recheckSeconds: 0 },
      refreshToken: { idleTtlSeconds, absoluteTtlSeconds, replayWindowSeconds: windowSeconds },
    } as const
    const nodes = [testServer(options), testServer(options)]
    const { client_id: clientId } = await registerClient(nodes[0]!)
    const code = await approvedCode(nodes[0]!, clientId)
    const real = { nodes, clock, clientId, code }
    const model: Model = {
      now: clock.seconds,
      codeExpiresAt: clock.seconds + codeTtlSeconds,
      redeemedAt: undefined,
      revoked: false,
      refreshTokens: [],
      rotatedAt: 0,
      refreshableUntil: 0,
      accessTokens: [],
    }
    if (redeemed) await new Redeem(0, 1).run(model, real)
    await fc.asyncModelRun(() => ({ model, real }), sequence)
  })
  await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined()
}, 120_000)
