import type { Context } from '../context.ts'
import type { ApiAnswer } from './api-answer.ts'
import type { ApiRequest } from './api-request.ts'

/** What programs call. It neither sees a transport nor writes to one. */
export type ApiEndpoint = (request: ApiRequest, context: Context) => ApiAnswer | Promise<ApiAnswer>

/** `METHOD /path` → what answers there. Paths are in Hono's notation. */
export type ApiEndpointTable = Readonly<Record<string, ApiEndpoint>>

/** Answers every method at one path; never throws, and never rejects. */
export type ApiHandler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>
