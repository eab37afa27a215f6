import type { JWK } from 'jose'

import type { Endpoint } from '../endpoint.ts'
import type { StaticDocument } from '../static-document.ts'
import { createStaticDocument, documentResponse } from '../static-document.ts'

/** Rendered once per reading of the key ring. */
const rendered = new WeakMap<readonly JWK[], StaticDocument>()

/** `GET /.well-known/jwks.json` (RFC 7517 §5): active, next, and keys whose tokens may still live. */
export const jwks: Endpoint = async (c, { signingKeys }) => {
  const keys = await signingKeys.publicKeys()
  const document = rendered.get(keys) ?? createStaticDocument({ keys })
  rendered.set(keys, document)
  return documentResponse(document, c.req.raw)
}
