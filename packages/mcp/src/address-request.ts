import { parseAccept } from './accepts.ts'
import { type Answer, sessionNotFound } from './answer.ts'
import type { Caller } from './caller.ts'
import type { ClientRequest } from './client-request.ts'
import { capabilitiesOf, connectRequiredAnswer, declaresUrlElicitation } from './connect-required.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import type { JsonRpcMessage, JsonRpcRequest, RequestId } from './json-rpc.ts'
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
export async function addressRequest(
  options: ExchangeOptions,
  client: ClientRequest,
  caller: Caller,
  judged: Judged,
): Promise<Answer | Outgoing | Translation> {
  const { header } = client
  const { era, message, request, method } = judged
  // TR-16: a modern request has no session, whatever its headers say.
  const handle = era === 'legacy' ? header('mcp-session-id') : undefined
  const session = handle === undefined ? undefined : await options.sessions.open(handle, caller)
  if (handle !== undefined && session === undefined) return sessionNotFound(request?.id)
  const opensUrls = canOpenUrls(request, session)

  const { upstream, eras } = options
  // Nothing is waited for that is known already: every call comes through here.
  const credential =
    upstream.authorize &&
    (await upstream.authorize({ caller, method: request?.method, requestId: client.requestId }))
  if (credential !== undefined && isConnectRequired(credential)) {
    return connectRequiredAnswer(credential, request, era, opensUrls)
  }
  const context: RequestContext = {
    caller,
    era,
    request,
    methods: judged.methods,
    accepts: parseAccept(header('accept')),
    sessionHandle: handle,
    opensUrls,
    refused: judged.refused,
    credential,
    isRetry: false,
    requestId: client.requestId,
    call: watchCall(options.onAnswered, request, caller, client.requestId),
    url: upstreamUrl(upstream, client.url),
    commonHeaders: upstreamHeaders(header, client.requestId),
  }
  const translation: Translation = {
    kind: 'translation',
    method,
    message,
    headers: judged.headers,
    session: session?.kind === 'own' ? session : undefined,
    context,
  }
  const foreign = eras?.isForeign(translation)
  if (foreign instanceof Promise ? await foreign : foreign) return translation
  return outgoing(judged, context, session, credential, header('mcp-protocol-version'))
}

function outgoing(
  { era, method, body, headers }: Judged,
  context: RequestContext,
  session: Session | undefined,
  credential: UpstreamCredential | undefined,
  versionHeader: string | undefined,
): Outgoing {
  const sent: Record<string, string> = {
    ...context.commonHeaders,
    accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
    ...headers,
  }
  if (body !== undefined) sent['content-type'] = 'application/json'
  if (era === 'legacy' && versionHeader !== undefined) sent['mcp-protocol-version'] = versionHeader
  if (session?.kind === 'upstream') sent['mcp-session-id'] = session.upstreamId
  return { url: context.url, method, headers: { ...sent, ...credential?.headers }, body, context }
}

function canOpenUrls(request: JsonRpcRequest | undefined, session: Session | undefined): boolean {
  if (session?.kind === 'upstream') return session.opensUrls
  if (session?.kind === 'own') return declaresUrlElicitation(session.capabilities)
  return request !== undefined && declaresUrlElicitation(capabilitiesOf(request))
}
