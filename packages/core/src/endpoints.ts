import type { EndpointTable } from './endpoint.ts'
import { jwks } from './endpoints/jwks.ts'

/** What programs call, below `basePath`: JSON errors, CORS, never cached. */
export const apiEndpoints = {} satisfies EndpointTable

/** What browsers show, below `basePath`: pages, cookies, no CORS. */
export const pageEndpoints = {} satisfies EndpointTable

/** At the origin root, besides the metadata documents (`wellKnownEndpoints`). */
export const rootEndpoints = {
  'GET /.well-known/jwks.json': jwks,
} satisfies EndpointTable
