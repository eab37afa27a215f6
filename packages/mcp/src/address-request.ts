import { parseAccept } from './accepts.ts'
import { type Answer, badRequest, sessionNotFound } from './answer.ts'
import { type AtOnce, whenKnown } from './at-once.ts'
import type { Caller } from './caller.ts'
import type { ClientRequest } from './client-request.ts'
import { capabilitiesOf, connectRequiredAnswer, declaresUrlElicitation } from './connect-required.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import { errorCodes, type JsonRpcMessage, type JsonRpcRequest, type RequestId } from './json-rpc.ts'
import type { Era } from './protocol-version.ts'
import type { Outgoing, RequestContext, Translation } from './request-context.ts'
import type { Session } from './session-binding.ts'
import { upstreamHeaders } from './upstream-headers.ts'
import { upstreamUrl } from './upstream-url.ts'
import { isConnectRequired, type UpstreamCredential } from './upstream.ts'
import { watchCall } from './watched-calls.ts'

/** What has been read and judged, and waits for its way to the upstream. */
export interface Judged {
  readonly era: Era
  /** The single message of a POST; absent for batches, GET and DELETE. */
  readonly message: JsonRpcMessage | undefined
  readonly request: JsonRpcRequest | undefined
  readonly methods: ReadonlyMap<RequestId, string>
  readonly refused: readonly object[]
  readonly method: Outgoing['method']
  readonly body: string | undefined
  /** Mirrored or resumption headers. */
  readonly headers: Readonly<Record<string, string>>
}

/** Finds session, credential and the upstream's era, and puts together what is to be sent. */
export function addressRequest(
  options: ExchangeOptions,
  client: ClientRequest,
  caller: Caller,
  judged: Judged,
): AtOnce<Answer | Outgoing | Translation> {
  const { upstream, sessions } = options
  const { era, request } = judged
  // TR-16: a modern request has no session, whatever its headers say.
  const handle = era === 'legacy' ? client.header('mcp-session-id') : undefined
  return whenKnown(handle === undefined ? undefined : sessions.open(handle, caller), (session) => {
    if (handle !== undefined && session === undefined) return sessionNotFound(request?.id)
    const { requestId } = client
    const found = upstream.authorize?.({ caller, method: request?.method, requestId })
    return whenKnown(found, (credential) => {
      const opensUrls = canOpenUrls(request, session)
      if (credential !== undefined && isConnectRequired(credential)) {
        return connectRequiredAnswer(credential, request, era, opensUrls)
      }
      if (isOfAnotherAccount(session, credential)) return sessionNotFound(request?.id)
      if ('last-event-id' in judged.headers && session === undefined && credential?.isPersonal !== true) {
        return badRequest(undefined, errorCodes.invalidRequest, notResumable)
      }
      const context: RequestContext = {
        caller,
        era,
        request,
        methods: judged.methods,
        accepts: parseAccept(client.header('accept')),
        sessionHandle: handle,
        opensUrls,
        refused: judged.refused,
        credential,
        isRetry: false,
        requestId,
        call: watchCall(options.onAnswered, request, caller, requestId),
        url: upstreamUrl(upstream, client.url),
        commonHeaders: upstreamHeaders(client.header, requestId),
      }
      return inItsEra(options, client, judged, context, session)
    })
  })
}

/** The request itself, or, where the upstream is of another era, what has to be translated. */
function inItsEra(
  { eras }: ExchangeOptions,
  client: ClientRequest,
  judged: Judged,
  context: RequestContext,
  session: Session | undefined,
): AtOnce<Outgoing | Translation> {
  const translation: Translation = {
    kind: 'translation',
    method: judged.method,
    message: judged.message,
    headers: judged.headers,
    session: session?.kind === 'own' ? session : undefined,
    context,
  }
  return whenKnown(eras?.isForeign(translation) ?? false, (isForeign) =>
    isForeign ? translation : outgoing(judged, context, session, client.header('mcp-protocol-version')),
  )
}

function outgoing(
  { era, method, body, headers }: Judged,
  context: RequestContext,
  session: Session | undefined,
  versionHeader: string | undefined,
): Outgoing {
  const sent: Record<string, string> = { ...context.commonHeaders }
  sent['accept'] = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream'
  Object.assign(sent, headers)
  if (body !== undefined) sent['content-type'] = 'application/json'
  if (era === 'legacy' && versionHeader !== undefined) sent['mcp-protocol-version'] = versionHeader
  if (session?.kind === 'upstream') sent['mcp-session-id'] = session.upstreamId
  const { credential, url } = context
  return { url, method, headers: credential ? { ...sent, ...credential.headers } : sent, body, context }
}

/** TL-08: the session, or a credential of their own, says whose a stream is. By another one the upstream sees all users as one. */
const notResumable = 'Last-Event-ID is taken in a session only: send its Mcp-Session-Id, or call again'

/** G05: what was begun with one account is not gone on with by another. Handles of earlier releases do not say. */
function isOfAnotherAccount(
  session: Session | undefined,
  credential: UpstreamCredential | undefined,
): boolean {
  if (session?.kind !== 'upstream' || session.account === undefined) return false
  return session.account !== credential?.account
}

function canOpenUrls(request: JsonRpcRequest | undefined, session: Session | undefined): boolean {
  if (session?.kind === 'upstream') return session.opensUrls
  if (session?.kind === 'own') return declaresUrlElicitation(session.capabilities)
  return request !== undefined && declaresUrlElicitation(capabilitiesOf(request))
}
