import { PageProblem } from '../browser/page-problem.ts'
import type { Context } from '../context.ts'
import { records } from '../records.ts'
import type { Resource } from '../settings.ts'
import type { RepeatableParameters } from './repeatable-parameters.ts'
import { repeatableParameters } from './repeatable-parameters.ts'

const prefix = 'urn:ietf:params:oauth:request_uri:'

/** Long enough to open a browser, short enough to be worth nothing to who finds it in a history. */
export const pushedRequestTtlSeconds = 90

/** Parameters by which the client proves itself: they end at the endpoint they were sent to. */
const credentials = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

/** Keeps a request until the browser brings its reference; returns the `request_uri` (RFC 9126 §2.2). */
export async function keepPushedRequest(
  { storage, now, randomToken }: Context,
  pushed: {
    readonly clientId: string
    readonly route: Resource | undefined
    readonly source: URLSearchParams
  },
): Promise<string> {
  const reference = randomToken()
  const createdAt = now()
  await records(storage, 'pushed-request').set(
    reference,
    {
      clientId: pushed.clientId,
      ...(pushed.route && { route: pushed.route.path }),
      parameters: [...pushed.source].filter(([name]) => !credentials.has(name)),
      createdAt,
    },
    { expiresAt: createdAt + pushedRequestTtlSeconds, when: 'absent' },
  )
  return prefix + reference
}

/**
 * What the client pushed, in place of what the browser brought: with a reference of ours nothing else of the query counts
 * (RFC 9126 §4). It stays until it expires, so that a page that is loaded twice does not fail.
 *
 * @throws {PageProblem} when the reference is unknown, has expired or belongs to another client
 */
export async function pushedParameters(
  { settings, storage }: Context,
  named: RepeatableParameters,
  route: Resource | undefined,
): Promise<{ readonly parameters: RepeatableParameters; readonly pushed: boolean }> {
  const reference = named.get('request_uri')
  if (settings.pushedAuthorizationRequests === 'off' || !reference?.startsWith(prefix)) {
    return { parameters: named, pushed: false }
  }
  const found = await records(storage, 'pushed-request').get(reference.slice(prefix.length))
  if (!found || found.value.clientId !== named.get('client_id') || found.value.route !== route?.path) {
    throw new PageProblem('invalid_request', {
      detail: 'request_uri is unknown, has expired or is for another client.',
    })
  }
  return { parameters: repeatableParameters(new URLSearchParams(found.value.parameters)), pushed: true }
}
