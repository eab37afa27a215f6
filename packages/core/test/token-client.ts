import { sha256Text } from '../src/digest.ts'
import { issueCode } from '../src/grants/issue-code.ts'
import type { AuthorizationRequest, ClientRecord } from '../src/records.ts'
import type { TestServer } from './test-server.ts'
import { publicUrl } from './test-server.ts'

export const demoResource = `${publicUrl}/mcp/demo`
export const notesResource = `${publicUrl}/mcp/notes`
export const redirectUri = 'http://127.0.0.1:33418/callback'
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

/** Registers a public client, as most MCP clients do. */
export async function registerClient(
  server: TestServer,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<{ client_id: string; client_secret?: string }> {
  const response = await server.request('/oauth/register', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test Client',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  })
  if (response.status !== 201) throw new Error(await response.text())
  return (await response.json()) as { client_id: string; client_secret?: string }
}

export interface ApprovedCode {
  readonly subject?: string
  readonly scopes?: readonly string[]
  readonly request?: Partial<AuthorizationRequest>
  readonly client?: Partial<ClientRecord>
}

/** A code as the consent page issues it, after a user approved. */
export function approvedCode(
  server: TestServer,
  clientId: string,
  approved: ApprovedCode = {},
): Promise<string> {
  const scopes = [...(approved.scopes ?? ['mcp:tools'])]
  const resource = approved.request?.resource ?? demoResource
  return issueCode(server.context, {
    request: {
      clientId,
      redirectUri,
      redirectUriGiven: true,
      codeChallenge: sha256Text(verifier),
      resource,
      issuer: resource,
      scopes,
      offlineAccess: false,
      prompt: [],
      responseMode: 'query',
      ...approved.request,
    },
    client: {
      clientId,
      origin: 'registered',
      name: 'Test Client',
      redirectUris: [redirectUri],
      grantTypes: ['authorization_code', 'refresh_token'],
      authMethod: 'none',
      createdAt: 0,
      ...approved.client,
    },
    traceId: 'trace-1',
    subject: approved.subject ?? 'user-1',
    provider: 'idle',
    scopes,
  })
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly access_token: string
    readonly refresh_token: string
    readonly token_type: string
    readonly expires_in: number
    readonly scope: string
    readonly error?: string
    readonly error_description?: string
  }
}

export type Form = Readonly<Record<string, string | undefined>>

export function formBody(form: Form): URLSearchParams {
  return new URLSearchParams(
    Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** A request to the token endpoint; parameters that are `undefined` are left out. */
export async function requestToken(
  server: TestServer,
  form: Form,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const response = await server.request('/oauth/token', { method: 'POST', headers, body: formBody(form) })
  const body = (await response.json()) as TokenAnswer['body']
  return { status: response.status, headers: response.headers, body }
}

/** What a correct public client sends to redeem its code. */
export function codeForm(clientId: string, code: string): Form {
  return {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
}

export function refreshForm(clientId: string, refreshToken: string): Form {
  return { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }
}

/** Registers, approves and redeems: a client with its first tokens. */
export async function signedInClient(
  server: TestServer,
  approved: ApprovedCode = {},
): Promise<{ readonly clientId: string; readonly tokens: TokenAnswer['body'] }> {
  const { client_id: clientId } = await registerClient(server)
  const { status, body } = await requestToken(
    server,
    codeForm(clientId, await approvedCode(server, clientId, approved)),
  )
  if (status !== 200) throw new Error(JSON.stringify(body))
  return { clientId, tokens: body }
}
