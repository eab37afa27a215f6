import type { Hono } from 'hono'

import type { Context } from '../context.ts'
import { clientAddress } from '../limits/client-address.ts'
import { hostRequestId } from '../request-id.ts'
import { answerResponse } from './api-answer.ts'
import type { ApiHandler } from './api-endpoint.ts'
import { FetchApiRequest } from './api-request.ts'

/** Mounts what programs call. Each path gets one handler: Hono calls a lone handler without composing any. */
export function mountApi(app: Hono, handlers: ReadonlyMap<string, ApiHandler>, context: Context): void {
  for (const [path, handle] of handlers) {
    app.all(path, async (c) => {
      const given = hostRequestId(c)
      const requestId = given ?? context.newRequestId()
      const { pathname } = new URL(c.req.url)
      const request = new FetchApiRequest(c.req.raw, pathname, requestId, clientAddress(c))
      const answer = await handle(request)
      if (given !== undefined) return answerResponse(answer)
      return answerResponse({ ...answer, headers: { ...answer.headers, 'x-request-id': requestId } })
    })
  }
}
