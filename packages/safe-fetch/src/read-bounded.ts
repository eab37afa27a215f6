import { FetchFailedError } from './fetch-failed-error.ts'

/** Collects decoded bytes and stops as soon as there are more than `maxBytes`. */
export async function readBounded(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  origin: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.byteLength
    // Leaving the loop closes the source, and with it the connection.
    if (length > maxBytes) {
      throw new FetchFailedError('too_large', `${origin} answered with more than ${maxBytes} bytes`)
    }
    parts.push(chunk)
  }
  const body = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    body.set(part, offset)
    offset += part.byteLength
  }
  return body
}
