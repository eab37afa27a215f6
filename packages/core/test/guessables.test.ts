import { memoryStorage, type Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { demoUrl, type Flow, loopbackUri, signInFlow } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

/** Everything that is written, keys included. */
function recordingStorage(now: () => number): { storage: Storage; written: string[] } {
  const inner = memoryStorage({ now })
  const written: string[] = []
  return {
    written,
    storage: {
      ...inner,
      set: (key, entry, when) => {
        written.push(JSON.stringify([key, entry]))
        return inner.set(key, entry, when)
      },
    },
  }
}

async function post(flow: Flow, path: string, form: Record<string, string>): Promise<Record<string, string>> {
  const request = new Request(publicUrl + path, { method: 'POST', body: new URLSearchParams(form) })
  return (await (await flow.fetch(request)).json()) as Record<string, string>
}

/** Everything that somebody could try to guess, from one way through each part of the server. */
async function secretsOf(flow: Flow): Promise<Record<string, string>> {
  const { client } = flow
  const metadata = await client.authorizationServer(demoUrl)
  const registration = await flow.fetch(
    new Request(`${publicUrl}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [loopbackUri],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        token_endpoint_auth_method: 'client_secret_post',
      }),
    }),
  )
  const registered = (await registration.json()) as Record<string, string>
  const { client_id = '', client_secret = '', registration_access_token = '' } = registered
  const credentials = { client_id, client_secret }

  const identity = await client.register(metadata)
  const request = await client.steps.authorizationRequest(metadata, identity, { resource: demoUrl })
  const callback = await client.authorize(request)
  const tokens = await client.redeem(metadata, identity, request, callback)
  const cookies = flow.browser.cookies(publicUrl).map(({ name, value }) => [`cookie ${name}`, value] as const)
  const toProvider = flow.idp.requests.find(({ endpoint }) => endpoint === 'authorization')?.parameters
  const pushed = await post(flow, '/oauth/par', {
    ...credentials,
    response_type: 'code',
    redirect_uri: loopbackUri,
    resource: demoUrl,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const device = await post(flow, '/oauth/device/authorization', { ...credentials, resource: demoUrl })
  return {
    client_secret,
    registration_access_token,
    code: new URL(callback.url).searchParams.get('code') ?? '',
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken ?? '',
    state: toProvider?.get('state') ?? '',
    nonce: toProvider?.get('nonce') ?? '',
    request_uri: (pushed['request_uri'] ?? '').replace('urn:ietf:params:oauth:request_uri:', ''),
    device_code: device['device_code'] ?? '',
    ...Object.fromEntries(cookies),
  }
}

function guessableFlow(options: Parameters<typeof signInFlow>[0] = {}): Flow {
  return signInFlow({
    ...options,
    server: {
      accessToken: { format: 'opaque' },
      deviceAuthorization: true,
      pushedAuthorizationRequests: 'allowed',
      registration: { management: true },
      ...options.server,
    },
  })
}

describe('everything that could be guessed', () => {
  it('AS-71 SEC-20 has 128 bits or more, each its own', async () => {
    const secrets = await secretsOf(guessableFlow())
    expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(10)
    for (const [name, secret] of Object.entries(secrets)) {
      // 22 characters of base64url hold 132 bits.
      expect([name, /[\w-]{22,}/.test(secret)]).toEqual([name, true])
    }
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length)
    const others = await secretsOf(guessableFlow())
    const again = Object.values(secrets).filter((secret) => Object.values(others).includes(secret))
    expect(again).toEqual([])
  })

  it('SEC-10 AS-71 is nowhere in the storage as it is', async () => {
    let written: string[] = []
    const flow = guessableFlow({
      storage: (clock) => {
        const recording = recordingStorage(clock.seconds)
        written = recording.written
        return recording.storage
      },
    })
    const { nonce, ...secrets } = await secretsOf(flow)
    expect(written.length).toBeGreaterThan(10)
    const found = Object.entries(secrets).filter(([, secret]) =>
      written.some((text) => text.includes(secret)),
    )
    expect(found.map(([name]) => name)).toEqual([])
    // What is no secret is there: the provider itself puts the nonce into its answer.
    expect(written.some((text) => text.includes(nonce ?? ''))).toBe(true)
  })
})
