import { createGateway } from '@portico/gateway'
import { serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'
import { postgresStorage } from '@portico/storage-postgres'
import { Pool } from 'pg'

import { answerParent } from '../child-process.ts'
import { codeForm, publicUrl, resourcePath, tokenPath } from '../flow.ts'
import { formHeaders } from '../job.ts'
import type { Job } from '../job.ts'
import { insideGateway } from '../targets/inside-gateway.ts'
import type { InsideGateway } from '../targets/inside-gateway.ts'

/** Which database and which keys it shares with the other replicas. */
export interface ReplicaOptions {
  readonly url: string
  readonly schema: string
  readonly keys: readonly string[]
}

let inside: InsideGateway | undefined

answerParent({
  async start({ url, schema, keys }: ReplicaOptions): Promise<number> {
    const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 20 })
    const gateway = createGateway({
      publicUrl,
      providers: [
        logto({ logtoEndpoint: 'https://logto.example', clientId: 'bench', clientSecret: 'never-used' }),
      ],
      routes: [{ path: resourcePath, id: 'bench', upstream: { url: 'https://upstream.example/mcp' } }],
      storage: postgresStorage(pool),
      keys,
      rateLimits: false,
    })
    inside = await insideGateway(gateway)
    return (await serve(gateway, { port: 0, hosts: ['127.0.0.1'], drainSeconds: 0 })).port
  },
  async makeJob(chains: number): Promise<Job> {
    if (!inside) throw new Error('the replica has not been started')
    const { register, issueCode, post } = inside
    const clientId = await register()
    const refreshTokens: string[] = []
    while (refreshTokens.length < chains) {
      const form = codeForm(clientId, await issueCode(clientId, `user-${crypto.randomUUID()}`))
      refreshTokens.push((await post(tokenPath, formHeaders, form))['refresh_token'] ?? '')
    }
    return { kind: 'chains', path: tokenPath, clientId, refreshTokens }
  },
  /** Microseconds of all threads of this process. */
  cpu() {
    const { user, system } = process.cpuUsage()
    return user + system
  },
})
