import type { EndpointTable } from './endpoint.ts'
import { authorize } from './endpoints/authorize.ts'
import { backchannelLogout } from './endpoints/backchannel-logout.ts'
import { callback, callbackByPost } from './endpoints/callback.ts'
import { authorizeDevice } from './endpoints/device-authorization.ts'
import { decideAboutDevice, device } from './endpoints/device.ts'
import { introspect } from './endpoints/introspect.ts'
import { jwks } from './endpoints/jwks.ts'
import { login } from './endpoints/login.ts'
import { logout, signOut } from './endpoints/logout.ts'
import { deleteClient, readClient, updateClient } from './endpoints/manage-client.ts'
import { pushAuthorization } from './endpoints/push-authorization.ts'
import { register } from './endpoints/register.ts'
import { revoke } from './endpoints/revoke.ts'
import { decide, setup } from './endpoints/setup.ts'
import { token } from './endpoints/token.ts'
import { limited } from './limits/limited.ts'
import type { Settings } from './settings.ts'
import { introspectionSupported } from './supported-features.ts'

/** What programs call, below `basePath`: JSON errors, CORS, never cached. */
export const apiEndpoints = {
  'POST /token': limited(token, 'token'),
  'POST /register': limited(register, 'registration'),
  'POST /revoke': limited(revoke, 'token'),
} satisfies EndpointTable

/** The same, but only where something in the configuration uses it: what is off is not there. */
export function optionalEndpoints(settings: Settings): EndpointTable {
  return {
    ...(settings.pushedAuthorizationRequests !== 'off' && {
      'POST /par/:route{.+}?': limited(pushAuthorization, 'authorization'),
    }),
    ...(settings.registration.dynamic &&
      settings.registration.management && {
        'GET /register/:client': limited(readClient, 'registration'),
        'PUT /register/:client': limited(updateClient, 'registration'),
        'DELETE /register/:client': limited(deleteClient, 'registration'),
      }),
    ...(settings.backChannelLogout !== 'off' && {
      'POST /backchannel-logout/:provider': limited(backchannelLogout, 'token'),
    }),
    ...(settings.deviceAuthorization && {
      'POST /device/authorization/:route{.+}?': limited(authorizeDevice, 'device'),
    }),
    ...(introspectionSupported(settings) && { 'POST /introspect': limited(introspect, 'token') }),
  }
}

/** What browsers show, below `basePath`: pages, cookies, no CORS. */
export const pageEndpoints = {
  'GET /authorize/:route{.+}?': limited(authorize, 'authorization'),
  'POST /authorize/:route{.+}?': limited(authorize, 'authorization'),
  'GET /callback/:provider?': limited(callback),
  'POST /callback/:provider?': limited(callbackByPost),
  'GET /setup': limited(setup),
  'POST /setup': limited(decide),
  'GET /login': limited(login, 'authorization'),
  'GET /logout': logout,
  'POST /logout': signOut,
} satisfies EndpointTable

/** Pages of what is switched on. */
export function optionalPageEndpoints(settings: Settings): EndpointTable {
  return {
    ...(settings.deviceAuthorization && {
      'GET /device': limited(device, 'device'),
      'POST /device': limited(decideAboutDevice, 'device'),
    }),
  }
}

/** The same at the origin root: what clients of 2025-03-26 call without metadata (AS-15). */
export const rootPageEndpoints = {
  'GET /authorize': limited(authorize, 'authorization'),
  'POST /authorize': limited(authorize, 'authorization'),
} satisfies EndpointTable

/** At the origin root, besides the metadata documents (`wellKnownEndpoints`): AS-15, for clients of 2025-03-26. */
export const rootEndpoints = {
  'GET /.well-known/jwks.json': jwks,
  'POST /token': limited(token, 'token'),
  'POST /register': limited(register, 'registration'),
} satisfies EndpointTable
