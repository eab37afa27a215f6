import type { EndpointTable } from './endpoint.ts'
import { jwks } from './endpoints/jwks.ts'
import { register } from './endpoints/register.ts'
import { revoke } from './endpoints/revoke.ts'
import { token } from './endpoints/token.ts'

/** What programs call, below `basePath`: JSON errors, CORS, never cached. */
export const apiEndpoints = {
  'POST /token': token,
  'POST /register': register,
  'POST /revoke': revoke,
} satisfies EndpointTable

/** What browsers show, below `basePath`: pages, cookies, no CORS. */
export const pageEndpoints = {} satisfies EndpointTable

/** At the origin root, besides the metadata documents (`wellKnownEndpoints`): AS-15, for clients of 2025-03-26. */
export const rootEndpoints = {
  'GET /.well-known/jwks.json': jwks,
  'POST /token': token,
  'POST /register': register,
} satisfies EndpointTable
