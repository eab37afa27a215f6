import { setTimeout } from 'node:timers/promises'

import { answerPages, type ClientIdentity, type Fetch } from '@portico/test-peers'
import { decodeJwt } from 'jose'

import { createFlow } from './deployment.ts'
import { Interruption, observedFetch } from './observed-fetch.ts'
import { until } from './until.ts'

/** Users and their clients, who go on until they are told to stop, and try again whatever fails. */
export interface Load {
  /** Steps that came to their end. */
  readonly steps: number
  /** Requests that were answered with 503, or not at all. */
  readonly interruptions: number
  /** Answers that nobody should ever get, each in one line. */
  readonly wrong: readonly string[]
  /** Lets everybody end the step they are at, does something while nobody asks for anything, and lets them go on. */
  readonly atRest: <Result>(action: () => Promise<Result>) => Promise<Result>
  /** While everybody rests: what the account page shows against what clients hold. */
  readonly compare: () => Promise<Comparison>
  /** Lets everybody finish what they are doing. */
  readonly stop: () => Promise<void>
  /** After the end: what became of what was granted. */
  readonly audit: () => Promise<Audit>
}

export interface Comparison {
  /** Grants whose clients hold tokens, and that the account page does not show. */
  readonly lost: readonly string[]
  /** Grants that the account page shows and nobody holds tokens of. */
  readonly duplicated: readonly string[]
}

export interface Audit extends Comparison {
  /** Grants whose clients hold tokens. */
  readonly held: number
  /** Those too whose tokens do not work any more. */
  readonly lost: readonly string[]
}

export interface LoadOptions {
  /** URL of the MCP route. */
  readonly url: string
  readonly users?: number
  /** A code may have expired before it is redeemed, as when clocks jump: the user is asked once more. */
  readonly codesMayExpire?: boolean
  /** Default: over real HTTP. */
  readonly fetch?: Fetch
}

interface Held {
  readonly identity: ClientIdentity
  readonly grantId: string
  accessToken: string
  refreshToken: string
}

type Steps = ReturnType<typeof createFlow>['client']['steps']
type Tokens = { readonly access_token: string; readonly refresh_token: string }

const retryMs = 20

export function startLoad({ url, users = 4, codesMayExpire = false, fetch }: LoadOptions): Load {
  const wrong: string[] = []
  const held = new Set<Held>()
  const auditors: (() => Promise<readonly string[]>)[] = []
  let shownGrants: (() => Promise<readonly string[]>) | undefined
  const state = { steps: 0, interruptions: 0, resting: 0, isStopping: false }
  let rest = Promise.resolve()

  /** Repeats what was interrupted, as a client does that was told to try again. */
  async function insist<Result>(step: (isRetry: boolean) => Promise<Result>): Promise<Result> {
    state.resting += 1
    await rest
    state.resting -= 1
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await step(attempt > 0)
        state.steps += 1
        return result
      } catch (error) {
        if (!(error instanceof Interruption)) throw error
        state.interruptions += 1
        await setTimeout(retryMs)
      }
    }
  }

  async function user(index: number): Promise<void> {
    const observed = observedFetch(wrong, fetch)
    const { browser, client } = createFlow(`user ${index}`, observed)
    const { server, resource, identity } = await insist(async () => {
      const challenge = await client.challenge(url)
      const resource = await client.protectedResource(url, challenge)
      const server = await client.authorizationServer(resource.authorization_servers?.[0] ?? '')
      return { server, resource, identity: await client.register(server) }
    })

    const connect = async (): Promise<Held | undefined> => {
      const { request, code } = await insist(async () => {
        const request = await client.steps.authorizationRequest(server, identity, {
          resource: resource.resource,
          scope: 'mcp:tools offline_access',
        })
        const callback = await answerPages(await browser.open(request.url))
        return { request, code: callback.parameters.get('code') ?? '' }
      })
      return insist(async (isRetry) => {
        const answer = await client.steps.redeem(server, identity, request, code)
        // An answer that was lost has spent the code all the same (RFC 6749 §4.1.2): the user is asked once more.
        if ((isRetry || codesMayExpire) && answer.status === 400) return undefined
        return holding(identity, await tokensOf(answer, wrong))
      })
    }
    const refresh = (grant: Held): Promise<void> =>
      insist(async () => {
        const tokens = await tokensOf(await client.steps.refresh(server, identity, grant.refreshToken), wrong)
        grant.accessToken = tokens.access_token
        grant.refreshToken = tokens.refresh_token
      })
    const call = (grant: Held): Promise<void> =>
      insist(async () => {
        const { status } = await client.mcp.call(url, 'tools/list', {}, { accessToken: grant.accessToken })
        if (status !== 200) wrong.push(`${status} to a call with a good token`)
      })
    const revoke = (grant: Held): Promise<void> =>
      insist(async () => {
        const { status } = await revoking(client.steps, grant)
        if (status !== 200) wrong.push(`${status} to a revocation`)
      })
    const revoking = (all: Steps, grant: Held): Promise<Response> =>
      all.revoke(server, identity, grant.refreshToken)

    auditors.push(async () => {
      const lost: string[] = []
      for (const grant of held) {
        if (grant.identity !== identity) continue
        const answer = await client.steps.refresh(server, identity, grant.refreshToken)
        if (answer.status !== 200) lost.push(`${grant.grantId}: ${answer.status} ${await answer.text()}`)
      }
      return lost
    })

    for (let round = 0; !state.isStopping; round++) {
      const grant = await connect()
      if (!grant) continue
      held.add(grant)
      // All of them are the one user of the identity provider: one page shows the grants of all.
      shownGrants ??= async () => {
        const cookie = browser.cookies(url).map(({ name, value }) => `${name}=${value}`)
        const headers = { cookie: cookie.join('; ') }
        const page = await observed(new Request(new URL('/account/api/grants', url), { headers }))
        const { grants } = (await page.json()) as { readonly grants: readonly { readonly id: string }[] }
        return grants.map(({ id }) => id)
      }
      for (let turn = 0; turn < 3 && !state.isStopping; turn++) {
        await call(grant)
        await refresh(grant)
      }
      if (round % 3 > 0) continue
      await revoke(grant)
      held.delete(grant)
    }
  }

  const everybody = Promise.all(Array.from({ length: users }, (_, index) => user(index)))
  everybody.catch((error: unknown) => wrong.push(String(error)))
  async function compare(): Promise<Comparison> {
    const shown = new Set(await shownGrants?.())
    const known = new Set([...held].map(({ grantId }) => grantId))
    return {
      lost: [...known].filter((id) => !shown.has(id)),
      duplicated: [...shown].filter((id) => !known.has(id)),
    }
  }
  return {
    wrong,
    get steps() {
      return state.steps
    },
    get interruptions() {
      return state.interruptions
    },
    async stop() {
      state.isStopping = true
      await everybody.catch(() => undefined)
    },
    async atRest(action) {
      const { promise, resolve } = Promise.withResolvers<void>()
      rest = promise
      await until(() => state.resting === users || wrong.length > 0)
      try {
        return await action()
      } finally {
        resolve()
      }
    },
    compare,
    async audit() {
      const { lost, duplicated } = await compare()
      const refused = await Promise.all(auditors.map((audit) => audit()))
      return { held: held.size, lost: [...lost, ...refused.flat()], duplicated }
    },
  }
}

async function tokensOf(answer: Response, wrong: string[]): Promise<Tokens> {
  const text = await answer.text()
  if (answer.status === 200) return JSON.parse(text) as Tokens
  wrong.push(`${answer.status} of the token endpoint: ${text}`)
  throw new Error(wrong.at(-1))
}

function holding(identity: ClientIdentity, tokens: Tokens): Held {
  return {
    identity,
    grantId: String(decodeJwt(tokens.access_token)['grant_id']),
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
  }
}
