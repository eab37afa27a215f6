import type { Connections } from '@portico/connections'
import type { UpstreamOptions } from '@portico/gateway'
import { FetchFailedError, type SafeFetch } from '@portico/safe-fetch'

import { type Finding, ok, problem, warning } from './finding.ts'
import { inspectConnection } from './inspect-connection.ts'

export interface UpstreamUnderTest {
  readonly upstream: UpstreamOptions
  /** Absent where the route's upstream has no connection. */
  readonly connections: Pick<Connections, 'inspect' | 'upstreams'> | undefined
  readonly fetch: SafeFetch
}

/** The first request of a session: servers of the stateless revision answer it too, if only with an error. */
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'portico doctor', version: '1' },
  },
}

/** Whether an MCP server answers, and takes what it is sent or says where users connect. */
export async function diagnoseUpstream(test: UpstreamUnderTest): Promise<readonly Finding[]> {
  const { upstream, connections } = test
  const answer = await askUpstream(test)
  const connection =
    upstream.connection === undefined ? undefined : connections?.upstreams.get(upstream.connection)
  const isOAuth = connection?.authMode === 'user-oauth' || connection?.authMode === 'shared-oauth'
  if (!connections || !connection || !isOAuth || answer.status === 'problem') return [answer]
  return [answer, ...(await inspectConnection(connections, connection))]
}

async function askUpstream({ upstream, fetch }: UpstreamUnderTest): Promise<Finding> {
  const { url, headers, connection } = upstream
  const sent = {
    ...headers,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  let response: Response
  try {
    response = await fetch(url, { method: 'POST', headers: sent, body: JSON.stringify(initialize) })
  } catch (error) {
    return unreachable(url, error)
  }
  const { status } = response
  const session = response.headers.get('mcp-session-id')
  if (session !== null) {
    await fetch(url, { method: 'DELETE', headers: { ...headers, 'mcp-session-id': session } }).catch(
      () => undefined,
    )
  }
  if (status === 401 || status === 403) return refused(upstream, status)
  if (status >= 500) {
    return warning('mcp_endpoint', `${url} answers ${status}.`, 'Try again later, or ask its operator.')
  }
  const type = response.headers.get('content-type') ?? ''
  if (/^application\/json|^text\/event-stream/.test(type)) {
    const unasked = connection === undefined ? '' : ', even without a user account'
    return ok('mcp_endpoint', `${url} answers like an MCP server${unasked}.`)
  }
  return problem(
    'mcp_endpoint',
    `${url} answers ${status} with ${type.split(';')[0] || 'nothing'}: that is not an MCP server.`,
    'Correct the address of the route (rewritePattern): many servers have their endpoint at /mcp, not at the address of their home page.',
  )
}

function refused({ url, headers, connection }: UpstreamOptions, status: number): Finding {
  if (connection !== undefined) return ok('mcp_endpoint', `${url} asks for a user's account.`)
  if (headers !== undefined && Object.keys(headers).length > 0) {
    const names = Object.keys(headers).join(', ')
    return problem(
      'static_credential',
      `${url} answers ${status} to the configured headers (${names}).`,
      'Replace the key: it is wrong, has expired, or lacks permission.',
    )
  }
  return problem(
    'static_credential',
    `${url} answers ${status}: it requires a credential, and the route sends none.`,
    'Add a policy "mcp-token-exchange-inbound", so that users connect their accounts, or one that sets a header with a key.',
  )
}

function unreachable(url: string, error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error)
  const isRedirect = error instanceof FetchFailedError && error.code === 'redirect'
  const remedy = isRedirect
    ? 'Credentials are not sent along redirects: enter the address it redirects to.'
    : 'Correct the address of the route (rewritePattern), and check whether this machine can reach it.'
  return problem('mcp_endpoint', `${url}: ${why}.`, remedy)
}
