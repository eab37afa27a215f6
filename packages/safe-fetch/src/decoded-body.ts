import type { IncomingMessage } from 'node:http'
import { pipeline, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

import { FetchFailedError } from './fetch-failed-error.ts'

const decoders = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** The decoded chunks of an answer. Compression is not asked for, but some servers compress all the same. */
export function decodedBody(response: IncomingMessage, origin: string): AsyncIterable<Uint8Array> {
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') return response
  const createDecoder = decoders.get(encoding)
  if (createDecoder === undefined) {
    throw new FetchFailedError('encoding', `${origin} answered in an unknown content encoding`)
  }
  // The iteration below sees every error; `pipeline` closes the connection when it ends early.
  return decode(
    pipeline(response, createDecoder(), () => {}),
    origin,
  )
}

async function* decode(decoder: Transform, origin: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of decoder) yield chunk as Uint8Array
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (!code.startsWith('Z_') && !code.startsWith('ERR_')) throw cause
    throw new FetchFailedError('encoding', `${origin} answered with a body that does not decode`, { cause })
  }
}
