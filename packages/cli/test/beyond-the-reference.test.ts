import { auth0 } from '@portico/auth0'
import { authelia } from '@portico/authelia'
import { clerk } from '@portico/clerk'
import { cognito } from '@portico/cognito'
import { createAuthorizationServer } from '@portico/core'
import { entra } from '@portico/entra'
import { fusionauth } from '@portico/fusionauth'
import { createGateway } from '@portico/gateway'
import { google } from '@portico/google'
import { kanidm } from '@portico/kanidm'
import { keycloak } from '@portico/keycloak'
import { logto } from '@portico/logto'
import { okta } from '@portico/okta'
import { onelogin } from '@portico/onelogin'
import { ping } from '@portico/ping'
import { ConfigError, type IdentityProvider } from '@portico/provider'
import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'
import {
  createScriptedBrowser,
  createScriptedIdp,
  createScriptedMcpClient,
  routeByOrigin,
} from '@portico/test-peers'
import { workos } from '@portico/workos'
import { zitadel } from '@portico/zitadel'
import { describe, expect, it } from 'vitest'

import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

// The reference is the product whose option names these packages keep. This file has a test for each place where its
// documentation is wrong, or where it cannot do what a provider needs.

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const other = '02fb4743-189a-4bc7-9d6c-a919edfe6447'
const application = { clientId: 'portico', clientSecret: 'p0Zr3vQ8mKxT2wLs' }
const pool = {
  awsRegion: 'eu-west-1',
  userPoolId: 'eu-west-1_ZLiEFD4b6',
  userPoolDomain: 'guides.auth.eu-west-1.amazoncognito.com',
}
const workosClient = {
  clientId: 'client_01KC6057N3C66XJAXZ65YHAC72',
  clientSecret: 'sk_test_p0Zr3vQ8mKxT2wLs',
}

/** The reference's twelve but the generic one, each as simply configured as it can be. */
const twelve: Readonly<Record<string, IdentityProvider>> = {
  auth0: auth0({ auth0Domain: 'acme.us.auth0.com', ...application }),
  cognito: cognito({ ...pool, ...application }),
  clerk: clerk({ frontendApiUrl: 'https://clerk.example.com', ...application }),
  entra: entra({ tenantId: tenant, clientId: other, clientSecret: application.clientSecret }),
  google: google({ ...application, clientId: '1-a.apps.googleusercontent.com' }),
  keycloak: keycloak({ keycloakBaseUrl: 'https://sso.example.com', realm: 'staff', ...application }),
  logto: logto({ logtoEndpoint: 'https://acme.logto.app', ...application }),
  okta: okta({ oktaDomain: 'acme.okta.com', ...application }),
  onelogin: onelogin({ oneLoginSubdomain: 'acme', ...application }),
  ping: ping({ environmentId: tenant, ...application }),
  workos: workos({
    authkitDomain: 'https://acme.authkit.app',
    ...workosClient,
    clientSecret: 'secret-of-connect',
  }),
}

const messageOf = (build: () => unknown): string => {
  try {
    build()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

describe('where the reference is wrong or weak', () => {
  it('1: WorkOS by an AuthKit domain is OpenID Connect; by the client id alone it is a private format, and treated as one', () => {
    expect(twelve['workos']).toMatchObject({ kind: 'oidc', oidc: { issuer: 'https://acme.authkit.app' } })
    expect(workos(workosClient)).toMatchObject({
      kind: 'private',
      clientAuthentication: { requestEncoding: 'json' },
      browserLogin: { nonce: 'absent', parameters: { provider: 'authkit' } },
    })
  })

  it.each(Object.keys(twelve))('2: PKCE is on for %s unless it is switched off, which warns', (id) => {
    expect(twelve[id]?.browserLogin.pkce ?? 'S256').toBe('S256')
    const off = auth0({
      auth0Domain: 'acme.us.auth0.com',
      ...application,
      browserLoginOverrides: { pkce: 'none' },
    })
    expect(off.warnings?.join()).toContain('PKCE is switched off')
  })

  it('3: Cognito has two forms of issuers, and a token of the other one says which option to set', () => {
    const updated = cognito({ ...pool, issuerType: 'updated', ...application })
    expect(updated.issuer).toBe('https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6')
    expect(twelve['cognito']?.hints).toContainEqual({
      member: 'iss',
      value: updated.issuer,
      remedy: 'The user pool uses the updated issuer type: set issuerType to "updated".',
    })
  })

  it('4: Entra has sovereign clouds, External ID, and several tenants behind a list', () => {
    const { clientId, clientSecret } = { ...application, clientId: other }
    const issuerOf = (options: object) => entra.create({ clientId, clientSecret, ...options }).issuer
    expect(issuerOf({ tenantId: tenant, cloud: 'usgov' })).toBe(
      `https://login.microsoftonline.us/${tenant}/v2.0`,
    )
    expect(issuerOf({ tenantId: tenant, cloud: 'china' })).toBe(
      `https://login.partner.microsoftonline.cn/${tenant}/v2.0`,
    )
    expect(issuerOf({ tenantId: tenant, cloud: 'external', tenantSubdomain: 'acme' })).toBe(
      `https://${tenant}.ciamlogin.com/${tenant}/v2.0`,
    )
    expect(
      entra({
        multiTenant: { audience: 'organizations', allowedTenantIds: [tenant] },
        clientId,
        clientSecret,
      }).oidc?.issuerTemplate,
    ).toMatchObject({
      claim: 'tid',
      allowed: [tenant],
    })
  })

  it('5: Okta’s authorization server is named by its id, not by its name', () => {
    const create = (authorizationServerId: string) =>
      okta({ oktaDomain: 'acme.okta.com', authorizationServerId, ...application })
    expect(messageOf(() => create('My API'))).toContain('authorizationServerId must be "default" or the id')
    expect(messageOf(() => create('aus9o8wvkhockw9TL0h7'))).toBe('')
  })

  it('6: Okta’s issuer may be another host than the one users sign in at', () => {
    const provider = okta({ oktaDomain: 'login.example.com', issuerDomain: 'acme.okta.com', ...application })
    expect(provider.issuer).toBe('https://acme.okta.com')
    expect(provider.browserLogin.url).toBe('https://login.example.com/oauth2/v1/authorize')
  })

  it('7: Auth0’s audience is asked for, and never expected of an ID token', () => {
    const audience = 'https://api.example.com'
    const provider = auth0({ auth0Domain: 'acme.us.auth0.com', audience, ...application })
    expect(provider.browserLogin.parameters).toEqual({ audience })
    expect(provider.oidc?.audience).toBeUndefined()
  })

  it('8: Clerk’s Frontend API may be served below a path, when it is said', () => {
    const frontendApiUrl = 'https://app.example.com/__clerk'
    expect(messageOf(() => clerk({ frontendApiUrl, ...application }))).toContain('allowProxyPath')
    expect(clerk({ frontendApiUrl, allowProxyPath: true, ...application }).issuer).toBe(frontendApiUrl)
  })

  it('9: Google can be restricted to a domain, by the claim and not by the parameter alone', () => {
    const clientId = '1-a.apps.googleusercontent.com'
    const provider = google({ ...application, clientId, hostedDomain: 'example.com' })
    expect(provider.oidc?.requiredClaims).toEqual({ hd: 'example.com' })
    expect(provider.browserLogin.parameters).toEqual({ hd: 'example.com' })
  })

  it('10: an organization can be asked for and is then required of the token; other parameters and claims are options', () => {
    const auth0Domain = 'acme.us.auth0.com'
    const typed = auth0({ auth0Domain, organization: 'org_2abc', ...application })
    expect(typed.oidc?.requiredClaims).toEqual({ org_id: 'org_2abc' })
    const free = auth0({
      auth0Domain,
      extraAuthorizationParams: { screen_hint: 'signup' },
      allowedIdTokenClaims: { department: ['it', 'research'] },
      ...application,
    })
    expect(free.browserLogin.parameters).toEqual({ screen_hint: 'signup' })
    expect(free.oidc?.requiredClaims).toEqual({ department: ['it', 'research'] })
  })

  it('11: client authentication is the operator’s to choose, and the default is the provider’s', () => {
    const tokenEndpointAuthMethod = 'client_secret_basic'
    const provider = ping({ environmentId: tenant, tokenEndpointAuthMethod, ...application })
    expect(provider.client.authMethod).toBe('client_secret_basic')
    expect(twelve['ping']?.client.authMethod).toBe('client_secret_post')
    expect(authelia({ autheliaUrl: 'https://auth.example.com', ...application }).client.authMethod).toBe(
      'client_secret_basic',
    )
  })

  it('12: userinfo is asked where ID tokens lack the address', () => {
    const zitadelUrl = 'https://acme.us1.zitadel.cloud'
    expect(zitadel({ zitadelUrl, ...application }).userinfo).toBe('whenMissing')
    expect(zitadel({ zitadelUrl, useUserinfo: 'always', ...application }).userinfo).toBe('always')
    expect(twelve['okta']?.userinfo).toBe('whenMissing')
  })

  it('13: signature algorithms are the provider’s and can be set, but never to one with a shared secret', () => {
    expect(twelve['logto']?.oidc?.algorithms).toContain('ES384')
    expect(kanidm({ kanidmUrl: 'https://idm.example.com', ...application }).oidc?.algorithms).toContain(
      'ES256',
    )
    const withAlgorithm = (algorithm: string) => () =>
      logto({ logtoEndpoint: 'https://acme.logto.app', idTokenSigningAlgs: [algorithm], ...application })
    expect(messageOf(withAlgorithm('ES512'))).toBe('')
    expect(messageOf(withAlgorithm('HS256'))).toContain('must be an asymmetric signature algorithm')
  })

  it('14: every mistake is found at boot, all of them at once, and the process ends', async () => {
    const handler = {
      module: '$import(@portico/okta)',
      export: 'okta',
      options: { oktaDomain: 'https://acme.okta.com', authorizationServerId: 'My API', clientId: '' },
    }
    const policy = { name: 'staff', policyType: 'mcp-okta-oauth-inbound', handler }
    const directory = temporaryDirectory({
      'config/policies.json': [policy],
      'config/routes.oas.json': { paths: {} },
    })
    const { code, errors } = await run(['serve'], { directory })
    expect(code).toBe(1)
    for (const option of ['oktaDomain', 'authorizationServerId', 'clientId', 'clientSecret']) {
      expect(errors).toMatch(
        new RegExp(`^config/policies\\.json:\\d+ .*handler\\.options\\.${option}: `, 'm'),
      )
    }
  })

  it('15: PingOne’s custom domain beside an environment id is refused, and so is the client id in its place', () => {
    const both = { environmentId: tenant, customDomain: 'login.example.com', ...application }
    expect(messageOf(() => ping(both))).toContain('customDomain replaces environmentId and region')
    expect(messageOf(() => ping({ environmentId: tenant, ...application, clientId: tenant }))).toContain(
      'environmentId and clientId are the same value',
    )
  })

  it('16: keys may rotate while the gateway runs: an unknown one is fetched, nothing is restarted', async () => {
    const { idp, connect } = signIn()
    await connect()
    await idp.rotateKeys({ keepOld: false })
    expect((await connect()).tokens.accessToken).toMatch(/^ey/)
  })

  it('17: refresh tokens have one default, a year, which the option’s description states', () => {
    const { context } = createAuthorizationServer({
      publicUrl: 'https://mcp.example.com',
      providers: auth0({ auth0Domain: 'acme.us.auth0.com', ...application }),
      resources: [{ path: '/mcp', name: 'MCP' }],
      storage: memoryStorage(),
      keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    })
    expect(context.settings.refreshToken.absoluteTtlSeconds).toBe(31_536_000)
    expect(JSON.stringify(auth0.jsonSchema)).toContain(
      'Life of the refresh tokens Portico issues; default 31536000',
    )
  })

  it('18: FusionAuth’s issuer is the text in the settings of the tenant, not the address of the server', () => {
    const provider = fusionauth({
      fusionAuthUrl: 'https://auth.example.com',
      issuer: 'acme.com',
      ...application,
    })
    expect(provider.issuer).toBe('acme.com')
    expect(provider.oidc?.jwksUrl).toBe('https://auth.example.com/.well-known/jwks.json')
  })

  it('19: ZITADEL’s addresses come from userinfo, for its ID tokens have none', () => {
    const provider = zitadel({ zitadelUrl: 'https://id.example.com', ...application })
    expect(provider).toMatchObject({
      issuer: 'https://id.example.com',
      userinfo: 'whenMissing',
      oidc: { userinfoUrl: 'https://id.example.com/oidc/v1/userinfo' },
    })
  })

  it('20: signing out ends the session at the provider, in its own way', () => {
    expect(twelve['keycloak']?.oidc?.endSessionUrl).toBe(
      'https://sso.example.com/realms/staff/protocol/openid-connect/logout',
    )
    expect(twelve['cognito']?.logout).toEqual({
      url: 'https://guides.auth.eu-west-1.amazoncognito.com/logout',
      clientIdParameter: 'client_id',
      redirectParameter: 'logout_uri',
    })
  })

  it('21: a gateway has several providers, each with a callback of its own', () => {
    const providers = [
      okta({ oktaDomain: 'acme.okta.com', providerId: 'staff', ...application }),
      okta({ oktaDomain: 'customers.okta.com', providerId: 'customers', ...application }),
    ]
    const server = createAuthorizationServer({
      publicUrl: 'https://mcp.example.com',
      providers,
      resources: [{ path: '/mcp', name: 'MCP' }],
      storage: memoryStorage(),
      keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    })
    expect(Object.fromEntries(server.callbackUrls)).toEqual({
      staff: 'https://mcp.example.com/oauth/callback/staff',
      customers: 'https://mcp.example.com/oauth/callback/customers',
    })
  })
})

/** A gateway whose users sign in at a scripted provider in the shape of Logto, each time in a new browser. */
function signIn() {
  const publicUrl = 'https://mcp.example.com'
  const logtoEndpoint = 'https://acme.logto.app'
  const issuer = `${logtoEndpoint}/oidc`
  const redirectUris = [`${publicUrl}/oauth/callback`]
  const idp = createScriptedIdp({
    issuer,
    algorithm: 'ES384',
    endpoints: { authorization: `${issuer}/auth` },
    clients: [{ ...application, redirectUris }],
  })
  const gateway = createGateway({
    publicUrl,
    providers: [logto({ logtoEndpoint, ...application })],
    routes: [{ path: '/mcp', id: 'mcp', upstream: { url: 'https://upstream.example/mcp' } }],
    storage: memoryStorage(),
    keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    fetch: createSafeFetch({ fetch: (url, init) => idp.fetch(url, init) }),
  })
  const fetch = routeByOrigin({ [logtoEndpoint]: idp.fetch, [publicUrl]: gateway.fetch })
  const redirectUri = 'http://127.0.0.1:33418/callback'
  const connect = () =>
    createScriptedMcpClient({
      fetch,
      browser: createScriptedBrowser({ fetch, stopAt: [redirectUri] }),
      redirectUri,
    }).connect(`${publicUrl}/mcp`)
  return { idp, connect }
}
