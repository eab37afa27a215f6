import type { Context } from '@portico/core'
import type { Gateway } from '@portico/gateway'

import { codeChallenge, publicUrl, redirectUri, registrationRequest, resourceUrl, scope } from '../flow.ts'

/** The part of core's `issueCode` that is used here; no package exports it, as no application may skip the consent. */
type IssueCode = (context: Context, approval: object) => Promise<string>

/** What a load needs of a gateway before it is measured, without a browser. */
export interface InsideGateway {
  /** Sends a request that must succeed. */
  readonly post: (
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ) => Promise<Record<string, string>>
  /** Registers a client. */
  readonly register: () => Promise<string>
  /** A code for a client, as after the consent of a user. */
  readonly issueCode: (clientId: string, subject: string) => Promise<string>
}

export async function insideGateway(gateway: Gateway): Promise<InsideGateway> {
  const context = gateway.originFor(new URL(publicUrl).host)?.server.context
  if (!context) throw new Error('the gateway does not answer for its own public URL')
  const { issueCode } = (await import(
    new URL('grants/issue-code.ts', import.meta.resolve('@portico/core')).href
  )) as { issueCode: IssueCode }

  const post: InsideGateway['post'] = async (path, headers, body) => {
    const response = await gateway.fetch(new Request(publicUrl + path, { method: 'POST', headers, body }))
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return (await response.json()) as Record<string, string>
  }
  return {
    post,
    async register() {
      const { path, headers, body = '' } = registrationRequest
      return (await post(path, headers, body))['client_id'] ?? ''
    },
    issueCode(clientId, subject) {
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
      const approval = { request, client, subject, traceId: 'bench', provider: 'logto', scopes: [scope] }
      return issueCode(context, approval)
    },
  }
}
