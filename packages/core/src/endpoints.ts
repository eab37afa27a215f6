import type { ApiEndpointTable } from './api/api-endpoint.ts'
import type { EndpointTable } from './endpoint.ts'
import { limitedApi, limitedPage } from './limits/limited.ts'
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
  'POST /token': limitedApi(token, 'token'),
  'POST /register': limitedApi(register, 'registration'),
  'POST /revoke': limitedApi(revoke, 'token'),
} satisfies ApiEndpointTable

/** The same, but only where something in the configuration uses it: what is off is not there. */
export function optionalApiEndpoints(settings: Settings): ApiEndpointTable {
  return {
    ...(settings.pushedAuthorizationRequests !== 'off' && {
      'POST /par/:route{.+}?': limitedApi(pushAuthorization, 'authorization'),
    }),
    ...(settings.registration.dynamic &&
      settings.registration.management && {
        'GET /register/:client': limitedApi(readClient, 'registration'),
        'PUT /register/:client': limitedApi(updateClient, 'registration'),
        'DELETE /register/:client': limitedApi(deleteClient, 'registration'),
      }),
    ...(settings.backChannelLogout !== 'off' && {
      'POST /backchannel-logout/:provider': limitedApi(backchannelLogout, 'token'),
    }),
    ...(settings.deviceAuthorization && {
      'POST /device/authorization/:route{.+}?': limitedApi(authorizeDevice, 'device'),
    }),
    ...(introspectionSupported(settings) && { 'POST /introspect': limitedApi(introspect, 'token') }),
  }
}

/** What browsers show, below `basePath`: pages, cookies, no CORS. */
export const pageEndpoints = {
  'GET /authorize/:route{.+}?': limitedPage(authorize, 'authorization'),
  'POST /authorize/:route{.+}?': limitedPage(authorize, 'authorization'),
  'GET /callback/:provider?': limitedPage(callback),
  'POST /callback/:provider?': limitedPage(callbackByPost),
  'GET /setup': limitedPage(setup),
  'POST /setup': limitedPage(decide),
  'GET /login': limitedPage(login, 'authorization'),
  'GET /logout': logout,
  'POST /logout': signOut,
} satisfies EndpointTable

/** Pages of what is switched on. */
export function optionalPageEndpoints(settings: Settings): EndpointTable {
  return {
    ...(settings.deviceAuthorization && {
      'GET /device': limitedPage(device, 'device'),
      'POST /device': limitedPage(decideAboutDevice, 'device'),
    }),
  }
}

/** The same at the origin root: what clients of 2025-03-26 call without metadata (AS-15). */
export const rootPageEndpoints = {
  'GET /authorize': limitedPage(authorize, 'authorization'),
  'POST /authorize': limitedPage(authorize, 'authorization'),
} satisfies EndpointTable

/** At the origin root, in addition to the metadata documents (`wellKnownEndpoints`): AS-15, for clients of 2025-03-26. */
export const rootApiEndpoints = {
  'GET /.well-known/jwks.json': jwks,
  'POST /token': limitedApi(token, 'token'),
  'POST /register': limitedApi(register, 'registration'),
} satisfies ApiEndpointTable
