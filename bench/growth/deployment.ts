import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

import { createGateway } from '@portico/gateway'
import { logto } from '@portico/logto'
import { sweepDelaySeconds } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import { codeForm, publicUrl, refreshForm, resourcePath, tokenPath } from '../flow.ts'
import { formHeaders } from '../job.ts'
import { insideGateway } from '../targets/inside-gateway.ts'

/** A gateway on one SQLite file, with a clock that can be advanced. */
export interface GrowingDeployment {
  readonly database: DatabaseSync
  readonly storage: Storage
  readonly file: string
  readonly advance: (seconds: number) => void
  /** Registers a client. */
  readonly register: () => Promise<string>
  /** Grants a user's access to a client: the first refresh token. */
  readonly grant: (clientId: string, subject: string) => Promise<string>
  readonly refresh: (clientId: string, refreshToken: string) => Promise<string>
  /** Writes, as gateways do all day, until what has expired is gone and its space given back. */
  readonly work: () => Promise<void>
  readonly close: () => void
}

export async function createDeployment(file: string): Promise<GrowingDeployment> {
  const database = new DatabaseSync(file)
  let offset = 0
  const now = (): number => Math.floor(Date.now() / 1000) + offset
  const storage = sqliteStorage(database, { now })
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
    database,
    storage,
    file,
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
      const expired = database.prepare('SELECT count(*) AS count FROM records WHERE expires_at <= ?')
      const free = database.prepare('PRAGMA freelist_count')
      for (let before = Infinity; ;) {
        for (let write = 0; write < 500; write++) await storage.set(['bench', 'work'], { value: write })
        const { count } = expired.get(now() - sweepDelaySeconds) as { count: number }
        const { freelist_count: pages } = free.get() as { freelist_count: number }
        if (count === 0 && pages >= before) return
        before = count === 0 ? pages : Infinity
      }
    },
    close: () => database.close(),
  }
}
