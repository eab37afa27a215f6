import type { ApiRequest } from '../api/api-request.ts'

/** The token of a request's `Authorization: Bearer` header (RFC 6750 §2.1), or `undefined`. */
export function bearerToken(request: ApiRequest): string | undefined {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(request.header('authorization')?.trim() ?? '')?.[1]
}
