/** A Fetch body, which every server runtime can iterate over. */
export type ByteStream = ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>

/** The body as text; `too_large` beyond `maxBytes`, undefined where it is no UTF-8. */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<{ readonly text: string | undefined } | 'too_large'> {
  if (body === null) return { text: '' }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > maxBytes) return 'too_large'
    chunks.push(chunk)
  }
  return { text: decodeUtf8(chunks) }
}

/** The same of a request. One that tells its length is taken whole, which costs most runtimes far less than a stream. */
export async function readRequestBody(request: Request, maxBytes: number): ReturnType<typeof readBody> {
  const length = toldLength(request.headers)
  if (length === undefined || length > maxBytes) return readBody(request.body as ByteStream | null, maxBytes)
  const bytes = new Uint8Array(await request.arrayBuffer())
  return bytes.byteLength > maxBytes ? 'too_large' : { text: decodeUtf8([bytes]) }
}

/** What `Content-Length` says, which servers and clients of HTTP hold a body to; undefined for a body of unknown length. */
export function toldLength(headers: Headers): number | undefined {
  const told = headers.get('content-length')
  return told !== null && /^\d{1,15}$/.test(told) ? Number(told) : undefined
}

const strictly = { fatal: true, ignoreBOM: true }
/** For texts in one piece: it keeps nothing from one to the next. */
const wholeDecoder = new TextDecoder('utf-8', strictly)

/** The text of UTF-8 bytes, or undefined: what we read must be what the upstream reads. */
export function decodeUtf8(chunks: readonly Uint8Array[]): string | undefined {
  try {
    const [only] = chunks
    if (chunks.length === 1 && only !== undefined) return wholeDecoder.decode(only)
    const decoder = new TextDecoder('utf-8', strictly)
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
  } catch {
    return undefined
  }
}
