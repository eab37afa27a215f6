/**
 * An answer with the id of its request: in `X-Request-Id`, unless the host sends that itself, and where the body is a JSON
 * error of ours in its additional member `request_id` (RFC 6749 §5.2 and its like let clients ignore what they do not know).
 */
export function identifyAnswer(
  response: Response,
  requestId: string,
  { hostSendsHeader }: { readonly hostSendsHeader: boolean },
): Response | Promise<Response> {
  if (response.status >= 400 && isJson(response)) return identifyBody(response, requestId, hostSendsHeader)
  return hostSendsHeader ? response : withHeader(response, requestId)
}

/** The same answer of a transport that has no `Response`, as far as its body goes. */
export function identifyBodyOf<Answer extends { readonly body: string }>(
  answer: Answer,
  requestId: string,
): Answer {
  return { ...answer, body: identifyError(answer.body, requestId) }
}

/** The text of a JSON error of ours (`error` is a text) with `request_id` in it; every other text as it is. */
function identifyError(text: string, requestId: string): string {
  const body = parse(text)
  if (typeof body !== 'object' || body === null || !('error' in body)) return text
  return typeof body.error === 'string' && !('request_id' in body)
    ? JSON.stringify({ ...body, request_id: requestId })
    : text
}

async function identifyBody(response: Response, requestId: string, hostSendsHeader: boolean) {
  const text = identifyError(await response.text(), requestId)
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const identified = new Response(text, { status: response.status, headers })
  return hostSendsHeader ? identified : withHeader(identified, requestId)
}

function withHeader(response: Response, requestId: string): Response {
  try {
    response.headers.set('x-request-id', requestId)
    return response
  } catch {
    // The headers of what `fetch` and `Response.redirect` made cannot be changed.
    const { status, statusText, headers, body } = response
    return withHeader(new Response(body, { status, statusText, headers }), requestId)
  }
}

const isJson = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('application/json') === true

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
