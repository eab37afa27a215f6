import type { Context as HonoContext } from 'hono'

import type { AuditEvent } from './audit-event.ts'
import type { Context } from './context.ts'

/** 128 bits. */
const bytesPerId = 16
const idsPerDraw = 256
const hexDigits = new TextEncoder().encode('0123456789abcdef')
const decoder = new TextDecoder()

/**
 * Names requests: 32 hexadecimal digits, unguessable. Random bytes are drawn and written for many ids at a time, as every
 * request has one.
 */
export function createRequestIds(): () => string {
  let drawn = ''
  let next = 0
  return () => {
    if (next === drawn.length) {
      drawn = hexText(crypto.getRandomValues(new Uint8Array(idsPerDraw * bytesPerId)))
      next = 0
    }
    const start = next
    next += bytesPerId * 2
    return drawn.slice(start, next)
  }
}

/** Digits as bytes, not a text for each of them: texts would have to be joined. */
function hexText(bytes: Uint8Array): string {
  const digits = new Uint8Array(bytes.length * 2)
  let place = 0
  for (const byte of bytes) {
    digits[place++] = hexDigits[byte >> 4] ?? 0
    digits[place++] = hexDigits[byte & 15] ?? 0
  }
  return decoder.decode(digits)
}

/** The id that the host has given to a request, if it has. */
export function hostRequestId(c: Pick<HonoContext, 'env'>): string | undefined {
  const { requestId } = (c.env ?? {}) as { requestId?: unknown }
  return typeof requestId === 'string' && requestId !== '' ? requestId : undefined
}

/** The same context for one request: whatever is recorded of it carries its id. */
export function requestContext(context: Context, requestId: string): Context {
  return {
    ...context,
    emit: (event: AuditEvent) => context.emit({ requestId, ...event }),
  }
}
