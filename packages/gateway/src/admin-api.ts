import { OAuthError } from '@portico/core'
import type { AccessSelection, AuthorizationServer, RequestFacts } from '@portico/core'
import { StorageUnavailableError } from '@portico/storage'
import { z } from 'zod'

const revocations = '/admin/api/revocations'
const maxBytes = 4096

const selection = z.strictObject({
  subject: z.string().min(1).max(512).optional(),
  clientId: z.string().min(1).max(2048).optional(),
  before: z.int().min(0).optional(),
})

/**
 * What an operator's programs may do, by a token of the configuration: `POST /admin/api/revocations` ends the access of a
 * user, of a client, or of everybody up to a time.
 *
 * @returns `undefined` for requests that are none of its business, which without a token is all of them
 */
export function adminApi(
  server: AuthorizationServer,
  adminToken: string | undefined,
): (request: Request, path: string, facts?: RequestFacts) => Promise<Response> | undefined {
  if (adminToken === undefined) return () => undefined
  const expected = server.context.vault.mac('admin-token', adminToken)
  const isAdmin = (request: Request): boolean => {
    const [, token] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (token === undefined) return false
    // Both as codes of the same length, so that the comparison tells nothing.
    return server.context.vault.verifyMac('admin-token', token, expected)
  }
  const answer = async (request: Request, facts?: RequestFacts): Promise<Response> => {
    const scoped = server.forRequest(facts)
    const { rateLimits, emit } = scoped.context
    if (request.method !== 'POST') return refuse(405, 'method_not_allowed', 'Use POST.', { allow: 'POST' })
    await rateLimits.request(undefined, facts?.clientAddress, emit)
    if (!isAdmin(request)) {
      await rateLimits.failure(facts?.clientAddress, emit)
      return refuse(401, 'unauthorized', 'Send the admin token as a bearer token.', {
        'www-authenticate': 'Bearer realm="admin"',
      })
    }
    const parsed = selection.safeParse(await body(request))
    if (!parsed.success) {
      return refuse(
        400,
        'invalid_request',
        'The body must be JSON with subject, clientId or before, or several.',
      )
    }
    try {
      const selected: AccessSelection = parsed.data
      return json(200, await scoped.revokeAccess(selected))
    } catch (error) {
      if (error instanceof TypeError) return refuse(400, 'invalid_request', error.message)
      throw error
    }
  }
  return (request, path, facts) => (path === revocations ? answer(request, facts).catch(failure) : undefined)
}

async function body(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined
  try {
    const text = await request.text()
    return text.length > maxBytes ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function failure(error: unknown): Response {
  if (error instanceof OAuthError) return refuse(error.status, error.code, error.message, error.headers)
  if (error instanceof StorageUnavailableError) {
    const description = 'The server cannot reach its storage. Try again shortly.'
    return refuse(503, 'temporarily_unavailable', description, { 'retry-after': '5' })
  }
  throw error
}

function json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Response {
  return Response.json(value, {
    status,
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  })
}

function refuse(
  status: number,
  error: string,
  description: string,
  headers?: Readonly<Record<string, string>>,
): Response {
  return json(status, { error, error_description: description }, headers)
}
