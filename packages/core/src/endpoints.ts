import type { Settings } from './context.ts'
import type { EndpointTable } from './endpoint.ts'
import { authorize } from './endpoints/authorize.ts'
import { callback, callbackByPost } from './endpoints/callback.ts'
import { introspect } from './endpoints/introspect.ts'
import { jwks } from './endpoints/jwks.ts'
import { login } from './endpoints/login.ts'
import { logout, signOut } from './endpoints/logout.ts'
import { pushAuthorization } from './endpoints/push-authorization.ts'
import { register } from './endpoints/register.ts'
import { revoke } from './endpoints/revoke.ts'
import { decide, setup } from './endpoints/setup.ts'
import { token } from './endpoints/token.ts'
import { introspectionSupported } from './supported-features.ts'

/** What programs call, below `basePath`: JSON errors, CORS, never cached. */
export const apiEndpoints = {
  'POST /token': token,
  'POST /register': register,
  'POST /revoke': revoke,
} satisfies EndpointTable

/** The same, but only where something in the configuration uses it: what is off is not there. */
export function optionalEndpoints(settings: Settings): EndpointTable {
  return {
    ...(settings.pushedAuthorizationRequests !== 'off' && { 'POST /par/:route{.+}?': pushAuthorization }),
    ...(introspectionSupported(settings) && { 'POST /introspect': introspect }),
  }
}

/** What browsers show, below `basePath`: pages, cookies, no CORS. */
export const pageEndpoints = {
  'GET /authorize/:route{.+}?': authorize,
  'POST /authorize/:route{.+}?': authorize,
  'GET /callback/:provider?': callback,
  'POST /callback/:provider?': callbackByPost,
  'GET /setup': setup,
  'POST /setup': decide,
  'GET /login': login,
  'GET /logout': logout,
  'POST /logout': signOut,
} satisfies EndpointTable

/** The same at the origin root: what clients of 2025-03-26 call without metadata (AS-15). */
export const rootPageEndpoints = {
  'GET /authorize': authorize,
  'POST /authorize': authorize,
} satisfies EndpointTable

/** At the origin root, besides the metadata documents (`wellKnownEndpoints`): AS-15, for clients of 2025-03-26. */
export const rootEndpoints = {
  'GET /.well-known/jwks.json': jwks,
  'POST /token': token,
  'POST /register': register,
} satisfies EndpointTable
