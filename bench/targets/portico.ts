import { randomBytes } from 'node:crypto'

import { createGateway } from '@portico/gateway'
import { serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'

import { publicUrl, resourcePath, tokenPath } from '../flow.ts'
import { formHeaders } from '../job.ts'
import { insideGateway } from './inside-gateway.ts'
import { makeJob } from './make-job.ts'
import { openStorage } from './open-storage.ts'
import type { StartTarget } from './target.ts'

/** The gateway as it ships on Node: node:http, its own limits and checks, no option that makes it faster. */
export const startPortico: StartTarget = async (options) => {
  const { setup, upstreamUrl } = options
  const { storage, close } = openStorage(options)
  const gateway = createGateway({
    publicUrl,
    providers: [
      logto({ logtoEndpoint: 'https://logto.example', clientId: 'bench', clientSecret: 'never-used' }),
    ],
    routes: [{ path: resourcePath, id: 'bench', upstream: { url: upstreamUrl } }],
    storage,
    keys: [randomBytes(32).toString('base64url')],
    accessToken: { format: setup.format },
    // The codes are made before they are timed.
    codeTtlSeconds: 600,
  })
  const { post, register, issueCode } = await insideGateway(gateway)
  const clientId = await register()
  let users = 0
  const inside = {
    clientId,
    issueCode: () => {
      users += 1
      return issueCode(clientId, `user-${users}`)
    },
    redeem: async (form: string) => {
      const { access_token = '', refresh_token = '' } = await post(tokenPath, formHeaders, form)
      return { access_token, refresh_token }
    },
  }
  const running = await serve(gateway, { port: 0, hosts: ['127.0.0.1'], drainSeconds: 0 })
  return {
    port: running.port,
    makeJob: (count) => makeJob(setup.workload, count, inside),
    async close() {
      await running.close()
      close()
    },
  }
}
