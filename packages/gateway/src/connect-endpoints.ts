import { ApiKeyError, type Connections, ownerOf, type Upstream, UpstreamError } from '@portico/connections'
import type { AuthorizationServer, SignedIn } from '@portico/core'

import type { OriginFetch } from './origin-fetch.ts'

const connectPath = /^\/auth\/connections\/([\w.-]+)\/(connect|callback)$/
const documentPath = /^\/\.well-known\/oauth-client\/([\w.-]+)$/

/** The pages on which upstream accounts are connected, in front of the authorization server. */
export function connectEndpoints(
  server: AuthorizationServer,
  connections: Connections | undefined,
  returnOrigins: readonly string[] = [],
): OriginFetch {
  if (!connections) return (request, _path, facts) => server.fetch(request, facts)
  return (request, path, facts) => {
    const document = documentPath.exec(path)
    if (document) return clientDocument(connections, document[1] ?? '') ?? server.fetch(request, facts)
    const [, id = '', action] = connectPath.exec(path) ?? []
    const upstream = connections.upstreams.get(id)
    if (!upstream) return server.fetch(request, facts)
    const page: Page = {
      server: server.forRequest(facts),
      connections,
      upstream,
      request,
      requestId: facts?.requestId,
      returnOrigins,
    }
    const steps = action === 'callback' ? callbackSteps : connectSteps
    const step = steps.get(request.method)
    if (!step) return notAllowed([...steps.keys()].join(', '))
    return step(page).catch((error: unknown) => page.server.pages.failure(request, error))
  }
}

interface Page {
  readonly server: AuthorizationServer
  readonly connections: Connections
  readonly upstream: Upstream
  readonly request: Request
  readonly requestId: string | undefined
  readonly returnOrigins: readonly string[]
}

/** Read by authorization servers, so: JSON, for anybody, cacheable for minutes. */
function clientDocument(connections: Connections, id: string): Response | undefined {
  const document = connections.clientDocument(id)
  return (
    document &&
    Response.json(document, {
      headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
    })
  )
}

/** Shows who connects what: the browser's user, by name, after a sign-in of their own (UP-11, G01). */
async function ask(page: Page): Promise<Response> {
  const { server, request } = page
  const user = await server.requireSignIn(request, addressOf(page))
  if (user instanceof Response) return user
  const refused = await refusal(page, user)
  if (refused) return refused
  return isAutomatic(page.upstream) ? askToSignIn(page, user) : showForm(page, user, false)
}

/** Nothing to connect but a sign-in that brings new tokens of the identity provider: perhaps it has just been. */
async function askToSignIn(page: Page, user: SignedIn): Promise<Response> {
  const { server, connections, upstream, request } = page
  try {
    const outcome = await connections.authorize(upstream.id, user.account.subject)
    return 'headers' in outcome ? await done(page) : await showForm(page, user, false)
  } catch (cause) {
    return server.pages.problem(request, 'connect_failed', { cause })
  }
}

const isAutomatic = ({ authMode }: Upstream): boolean =>
  authMode === 'id-jag' || authMode === 'token-exchange'

/** The click: from here the browser leaves for the upstream's authorization server, or a key is kept. */
async function start(page: Page): Promise<Response> {
  const { server, connections, upstream, request, requestId } = page
  const address = addressOf(page)
  const user = await server.requireSignIn(request, address)
  if (user instanceof Response) return user
  const form = await server.pages.readForm(request, user, address)
  if (form instanceof Response) return form
  const refused = await refusal(page, user)
  if (refused) return refused
  const { subject } = user.account
  server.context.emit({
    name: 'connection.started',
    outcome: 'success',
    subject,
    detail: { upstream: upstream.id, from: placeOf(page) },
  })
  if (upstream.authMode === 'user-api-key') {
    try {
      await connections.saveApiKey(upstream.id, subject, form.get('api_key') ?? '', requestId)
    } catch (error) {
      if (error instanceof ApiKeyError) return showForm(page, user, true)
      throw error
    }
    return done(page)
  }
  if (isAutomatic(upstream)) return server.signInAgain(request, address)
  try {
    const location = await connections.begin(upstream.id, {
      owner: ownerOf(upstream, subject),
      session: user.sessionId,
      returnTo: returnAddress(page) ?? '',
      requestId,
    })
    return server.pages.redirect(location)
  } catch (cause) {
    return server.pages.problem(request, 'connect_failed', { retry: address, cause })
  }
}

/** The browser's return from the upstream's authorization server. */
async function finish(page: Page): Promise<Response> {
  const { server, connections, upstream, request, requestId } = page
  const retry = `/auth/connections/${upstream.id}/connect`
  const user = await server.signedIn(request)
  if (!user) return server.pages.problem(request, 'connect_expired', { retry })
  const refused = await refusal(page, user)
  if (refused) return refused
  const browser = { session: user.sessionId, owner: ownerOf(upstream, user.account.subject), requestId }
  try {
    const { searchParams } = new URL(request.url)
    const { returnTo, problem } = await connections.finish(upstream.id, searchParams, browser)
    if (problem === 'failed') return await server.pages.problem(request, 'connect_failed', { retry })
    if (returnTo !== '') {
      return server.pages.redirect(
        answered(returnTo, upstream, problem === 'denied' ? 'denied' : 'connected'),
      )
    }
    return await (problem === 'denied'
      ? server.pages.redirect(retry)
      : server.pages.connected(request, upstream.displayName))
  } catch (cause) {
    const over =
      cause instanceof UpstreamError &&
      (cause.code === 'connect_state_unknown' || cause.code === 'connect_wrong_session')
    return server.pages.problem(request, over ? 'connect_expired' : 'connect_failed', { retry, cause })
  }
}

/** Who may not go on: users of somebody else's link, and everybody but administrators for a shared account. */
async function refusal(
  { server, connections, upstream, request }: Page,
  { account }: SignedIn,
): Promise<Response | undefined> {
  const ticket = new URL(request.url).searchParams.get('ticket')
  if (ticket !== null && !connections.isTicketOf(ticket, upstream.id, account.subject)) {
    return server.pages.problem(request, 'connect_other_user')
  }
  if (upstream.authMode !== 'shared-oauth') return undefined
  const memberships = new Set([...(account.groups ?? []), ...(account.roles ?? [])])
  if (upstream.adminGroups.some((group) => memberships.has(group))) return undefined
  return server.pages.problem(request, 'connect_admin_only')
}

function showForm(page: Page, user: SignedIn, keyRefused: boolean): Promise<Response> {
  const { server, upstream, request } = page
  return server.pages.connect(request, user, {
    displayName: upstream.displayName,
    summary: upstream.summary,
    host: new URL(upstream.url).host,
    shared: upstream.authMode === 'shared-oauth',
    apiKey:
      upstream.authMode === 'user-api-key'
        ? { instructions: upstream.apiKey.instructions, refused: keyRefused }
        : undefined,
    action: addressOf(page),
    cancelTo: returnAddress(page),
  })
}

function done(page: Page): Response | Promise<Response> {
  const { server, request, upstream } = page
  const returnTo = returnAddress(page)
  return returnTo === undefined
    ? server.pages.connected(request, upstream.displayName)
    : server.pages.redirect(answered(returnTo, upstream, 'connected'))
}

/** Where the user came from: what a demand of an MCP client opens has no way back to a page of ours. */
function placeOf(page: Page): 'account' | 'consent' | 'link' {
  const back = returnAddress(page)
  if (!back?.startsWith('/')) return 'link'
  return back.startsWith('/account') ? 'account' : 'consent'
}

type Step = (page: Page) => Promise<Response>

const connectSteps: ReadonlyMap<string, Step> = new Map([
  ['GET', ask],
  ['POST', start],
])
const callbackSteps: ReadonlyMap<string, Step> = new Map([['GET', finish]])

const ownParameters: ReadonlySet<string> = new Set(['ticket', 'return_to'])

/** Of the page, to come back to it: whatever else stands in the query is not ours, and may be no part of any path. */
function addressOf({ request }: Page): string {
  const { pathname, searchParams } = new URL(request.url)
  const own = [...searchParams].filter(([name]) => ownParameters.has(name))
  return own.length === 0 ? pathname : `${pathname}?${new URLSearchParams(own).toString()}`
}

/** Where the page was opened from, if it was a page of ours, or of an application that the operator named (SEC-17). */
function returnAddress({ server, request, returnOrigins }: Page): string | undefined {
  const wanted = new URL(request.url).searchParams.get('return_to') ?? ''
  const local = server.pages.localPath(wanted)
  if (local !== undefined || !URL.canParse(wanted)) return local
  const { origin, username, password, href } = new URL(wanted)
  // Our own origin is judged as a path alone: an authorization must not look as if we had begun it.
  const isNamed = origin !== server.issuer && returnOrigins.includes(origin)
  return isNamed && username === '' && password === '' ? href : undefined
}

/** An application is told what became of the connection; a page of ours looks by itself. */
function answered(returnTo: string, upstream: Upstream, outcome: 'connected' | 'denied'): string {
  if (returnTo.startsWith('/')) return returnTo
  const url = new URL(returnTo)
  url.searchParams.set('connection', upstream.id)
  url.searchParams.set('outcome', outcome)
  return url.href
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { allow } })
}
