/** The token of a request's `Authorization: Bearer` header (RFC 6750 §2.1), or `undefined`. */
export function bearerToken(request: Request): string | undefined {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1]
}
