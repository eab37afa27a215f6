import type { Context as HonoContext } from 'hono'

import type { AuditEvent } from './audit-event.ts'
import type { Context } from './context.ts'

/** 128 bits. */
const bytesPerId = 16
const idsPerDraw = 256

/**
 * Names requests: 32 hexadecimal digits, unguessable. Random bytes are drawn and written for many ids at a time, as every
 * request has one.
 */
export function createRequestIds(): () => string {
  let drawn = ''
  let next = 0
  return () => {
    if (next === drawn.length) {
      const bytes = crypto.getRandomValues(new Uint8Array(idsPerDraw * bytesPerId))
      drawn = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      next = 0
    }
    const start = next
    next += bytesPerId * 2
    return drawn.slice(start, next)
  }
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
