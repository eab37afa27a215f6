import type { JWK } from 'jose'

import type { ApiEndpoint } from '../api/api-endpoint.ts'
import type { StaticDocument } from '../api/static-document.ts'
import { createStaticDocument, documentAnswer } from '../api/static-document.ts'

/** Rendered once per reading of the key ring. */
const rendered = new WeakMap<readonly JWK[], StaticDocument>()

/** `GET /.well-known/jwks.json` (RFC 7517 §5): active, next, and keys whose tokens may still live. */
export const jwks: ApiEndpoint = async (request, { signingKeys }) => {
  const keys = await signingKeys.publicKeys()
  const document = rendered.get(keys) ?? createStaticDocument({ keys })
  rendered.set(keys, document)
  return documentAnswer(document, request)
}
