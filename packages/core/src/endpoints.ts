import type { EndpointTable } from './endpoint.ts'
import { limited } from './limits/limited.ts'
import { loadedEndpoint } from './loaded-endpoint.ts'
import type { Settings } from './settings.ts'
import { introspectionSupported } from './supported-features.ts'

const authorize = loadedEndpoint(async () => (await import('./endpoints/authorize.ts')).authorize)
const backchannelLogout = loadedEndpoint(
  async () => (await import('./endpoints/backchannel-logout.ts')).backchannelLogout,
)
const callback = loadedEndpoint(async () => (await import('./endpoints/callback.ts')).callback)
const callbackByPost = loadedEndpoint(async () => (await import('./endpoints/callback.ts')).callbackByPost)
const authorizeDevice = loadedEndpoint(
  async () => (await import('./endpoints/device-authorization.ts')).authorizeDevice,
)
const device = loadedEndpoint(async () => (await import('./endpoints/device.ts')).device)
const decideAboutDevice = loadedEndpoint(
  async () => (await import('./endpoints/device.ts')).decideAboutDevice,
)
const introspect = loadedEndpoint(async () => (await import('./endpoints/introspect.ts')).introspect)
const jwks = loadedEndpoint(async () => (await import('./endpoints/jwks.ts')).jwks)
const login = loadedEndpoint(async () => (await import('./endpoints/login.ts')).login)
const logout = loadedEndpoint(async () => (await import('./endpoints/logout.ts')).logout)
const signOut = loadedEndpoint(async () => (await import('./endpoints/logout.ts')).signOut)
const readClient = loadedEndpoint(async () => (await import('./endpoints/manage-client.ts')).readClient)
const updateClient = loadedEndpoint(async () => (await import('./endpoints/manage-client.ts')).updateClient)
const deleteClient = loadedEndpoint(async () => (await import('./endpoints/manage-client.ts')).deleteClient)
const pushAuthorization = loadedEndpoint(
  async () => (await import('./endpoints/push-authorization.ts')).pushAuthorization,
)
const register = loadedEndpoint(async () => (await import('./endpoints/register.ts')).register)
const revoke = loadedEndpoint(async () => (await import('./endpoints/revoke.ts')).revoke)
const setup = loadedEndpoint(async () => (await import('./endpoints/setup.ts')).setup)
const decide = loadedEndpoint(async () => (await import('./endpoints/setup.ts')).decide)
const token = loadedEndpoint(async () => (await import('./endpoints/token.ts')).token)

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
