import { randomBytes } from 'node:crypto'

import { createGateway } from '@portico/gateway'
import { logto } from '@portico/logto'
import { sweepDelaySeconds } from '@portico/storage'

import { codeForm, publicUrl, refreshForm, resourcePath, tokenPath } from '../flow.ts'
import { formHeaders } from '../job.ts'
import { insideGateway } from '../targets/inside-gateway.ts'
import type { GrowingStorage, OpenGrowingStorage } from './growing-storage.ts'

/** A gateway on one storage, with a clock that can be advanced. */
export interface GrowingDeployment extends GrowingStorage {
  readonly advance: (seconds: number) => void
  /** Registers a client. */
  readonly register: () => Promise<string>
  /** Grants a user's access to a client: the first refresh token. */
  readonly grant: (clientId: string, subject: string) => Promise<string>
  readonly refresh: (clientId: string, refreshToken: string) => Promise<string>
  /** Writes, as gateways do all day, until what has expired is gone and its space given back. */
  readonly work: () => Promise<void>
}

/** Writes that are under way at once, as those of many users. */
const writesAtOnce = 50

export async function createDeployment(open: OpenGrowingStorage): Promise<GrowingDeployment> {
  let offset = 0
  const now = (): number => Math.floor(Date.now() / 1000) + offset
  const growing = await open(now)
  const { storage, bytes, expiredCount } = growing
  const gateway = createGateway({
    publicUrl,
    providers: [
      logto({ logtoEndpoint: 'https://logto.example', clientId: 'bench', clientSecret: 'never-used' }),
    ],
    routes: [{ path: resourcePath, id: 'bench', upstream: { url: 'https://upstream.example/mcp' } }],
    storage,
    now,
    keys: [randomBytes(32).toString('base64url')],
    rateLimits: false,
  })
  const { post, register, issueCode } = await insideGateway(gateway)

  return {
    ...growing,
    register,
    advance(seconds) {
      offset += seconds
    },
    async grant(clientId, subject) {
      const code = await issueCode(clientId, subject)
      return (await post(tokenPath, formHeaders, codeForm(clientId, code)))['refresh_token'] ?? ''
    },
    async refresh(clientId, refreshToken) {
      return (await post(tokenPath, formHeaders, refreshForm(clientId, refreshToken)))['refresh_token'] ?? ''
    },
    async work() {
      for (let before = Infinity; ;) {
        for (let round = 0; round < 20; round++) {
          const writes = Array.from({ length: writesAtOnce }, (_, write) =>
            storage.set(['bench', String(write)], { value: round }),
          )
          await Promise.all(writes)
        }
        if ((await expiredCount(now() - sweepDelaySeconds)) > 0) continue
        const size = await bytes()
        if (size >= before) return
        before = size
      }
    },
  }
}
