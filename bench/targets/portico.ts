import { randomBytes } from 'node:crypto'

import type { Context } from '@portico/core'
import { createGateway } from '@portico/gateway'
import { serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'

import {
  codeChallenge,
  publicUrl,
  redirectUri,
  registrationRequest,
  resourcePath,
  resourceUrl,
  scope,
  tokenPath,
} from '../flow.ts'
import { formHeaders } from '../job.ts'
import { makeJob } from './make-job.ts'
import { openStorage } from './open-storage.ts'
import type { StartTarget } from './target.ts'

/** The part of core's `issueCode` that is used here; no package exports it, as no application may skip the consent. */
type IssueCode = (context: Context, approval: object) => Promise<string>

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
  const context = gateway.originFor(new URL(publicUrl).host)?.server.context
  if (!context) throw new Error('the gateway does not answer for its own public URL')
  const post = async (path: string, headers: Readonly<Record<string, string>>, body: string) => {
    const response = await gateway.fetch(new Request(publicUrl + path, { method: 'POST', headers, body }))
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return (await response.json()) as Record<string, string>
  }
  const { path, headers, body = '' } = registrationRequest
  const { client_id: clientId = '' } = await post(path, headers, body)
  const { issueCode } = (await import(
    new URL('grants/issue-code.ts', import.meta.resolve('@portico/core')).href
  )) as { issueCode: IssueCode }

  const request = {
    clientId,
    redirectUri,
    redirectUriGiven: true,
    codeChallenge,
    resource: resourceUrl,
    issuer: publicUrl,
    scopes: [scope],
    offlineAccess: false,
    prompt: [],
    responseMode: 'query',
  }
  const client = { clientId, grantTypes: ['authorization_code', 'refresh_token'] }
  let users = 0
  const inside = {
    clientId,
    issueCode: () => {
      users += 1
      const subject = `user-${users}`
      return issueCode(context, {
        request,
        client,
        traceId: 'bench',
        subject,
        provider: 'logto',
        scopes: [scope],
      })
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
