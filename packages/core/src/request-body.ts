/**
 * The body of a request, read no further than `maxBytes`; `undefined` when it is not whole then: there is more, or the client
 * has gone, which is no failure of the server.
 */
export function bodyText(request: Request, maxBytes: number): Promise<string | undefined> {
  return readText(request, maxBytes).catch(() => undefined)
}

async function readText(request: Request, maxBytes: number): Promise<string | undefined> {
  const announced = request.headers.get('content-length')
  // The server below cuts the body at the announced length.
  if (announced !== null) return Number(announced) <= maxBytes ? request.text() : undefined
  if (!request.body) return ''
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** Whether a `Content-Type` names a media type, with whatever parameters (RFC 9110 §8.3.1). */
export function isOfType(given = '', mediaType: string): boolean {
  if (given === mediaType) return true
  const [type = ''] = given.split(';')
  return type.trim().toLowerCase() === mediaType
}
