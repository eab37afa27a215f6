import { describe, expect, it } from 'vitest'

import { records } from '../src/records.ts'
import { keyHolder } from './dpop-key-holder.ts'
import { demoUrl, loopbackUri, notesUrl, signInFlow, type FlowOptions } from './sign-in-flow.ts'
import { publicUrl } from './test-server.ts'

type Form = Readonly<Record<string, string | undefined>>

async function pushingClient(mode: 'off' | 'allowed' | 'required' = 'allowed', options: FlowOptions = {}) {
  const flow = signInFlow({ ...options, server: { pushedAuthorizationRequests: mode, ...options.server } })
  const clientId = await flow.register()
  const request = await flow.request({}, { clientId })
  const parameters = Object.fromEntries(new URL(request.url).searchParams)
  const push = async (
    change: Form = {},
    path = '/oauth/par/mcp/demo',
    headers: Record<string, string> = {},
  ) => {
    const named = Object.entries({ ...parameters, ...change }).filter(([, value]) => value !== undefined)
    const response = await flow.server.fetch(
      new Request(publicUrl + path, {
        method: 'POST',
        headers,
        body: new URLSearchParams(named as [string, string][]),
      }),
    )
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }
  /** Where a client that pushed sends the browser. */
  const authorizeUrl = (change: Form, path = '/oauth/authorize/mcp/demo') => {
    const url = new URL(publicUrl + path)
    for (const [name, value] of Object.entries({ client_id: clientId, ...change })) {
      if (value !== undefined) url.searchParams.set(name, value)
    }
    return url.href
  }
  return { flow, clientId, request, push, authorizeUrl }
}

describe('POST /par', () => {
  it('RFC 9126 takes a request, and the browser carries nothing but its reference', async () => {
    const { flow, clientId, request, push, authorizeUrl } = await pushingClient()
    const { status, body } = await push()
    expect(status).toBe(201)
    expect(body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/) as string,
      expires_in: 90,
    })
    const consent = await flow.browser.open(authorizeUrl({ request_uri: body['request_uri'] }))
    const callback = await consent.submit({}, { button: 'Allow' })
    expect(callback.parameters.get('state')).toBe(request.state)
    const metadata = await flow.client.authorizationServer(demoUrl)
    const tokens = await flow.client.redeem(
      metadata,
      { clientId, authMethod: 'none' as const },
      request,
      callback,
    )
    expect(tokens.scope).toBe('mcp:tools')
  })

  it('RFC 9449 section 10.1 binds the code to the key of a proof, which dpop_jkt must not contradict', async () => {
    const { flow, push, authorizeUrl } = await pushingClient('allowed', { server: { dpop: true } })
    const key = await keyHolder()
    const other = await keyHolder()
    const path = '/oauth/par/mcp/demo'
    const proving = async (claims = {}) => ({
      dpop: await key.prove({ htu: publicUrl + path, iat: flow.clock.seconds(), ...claims }),
    })
    const refusals = [
      await push({}, path, await proving({ htu: `${publicUrl}/oauth/token` })),
      await push({ dpop_jkt: other.thumbprint }, path, await proving()),
    ]
    for (const { status, body } of refusals) {
      expect([status, body['error']]).toEqual([400, 'invalid_dpop_proof'])
    }
    for (const change of [{}, { dpop_jkt: key.thumbprint }]) {
      const { body } = await push(change, path, await proving())
      const consent = await flow.browser.open(authorizeUrl({ request_uri: body['request_uri'] }))
      const callback = await consent.submit({}, { button: 'Allow' })
      const presented = callback.parameters.get('code') ?? ''
      const code = await records(flow.server.context.storage, 'code').get(presented)
      expect(code?.value.dpopKey).toBe(key.thumbprint)
    }
  })

  it('RFC 9126 section 4 lets nothing in the query change what was pushed', async () => {
    const { flow, push, authorizeUrl } = await pushingClient()
    const { body } = await push()
    const tampered = {
      request_uri: body['request_uri'],
      state: 'evil',
      redirect_uri: 'https://evil.example',
      scope: 'x',
    }
    const consent = await flow.browser.open(authorizeUrl(tampered))
    const callback = await consent.submit({}, { button: 'Allow' })
    expect(callback.url.startsWith(loopbackUri)).toBe(true)
    expect(callback.parameters.get('state')).not.toBe('evil')
  })

  it.each<[string, Form, string]>([
    ['AS-26 without a challenge', { code_challenge: undefined }, 'invalid_request'],
    ['AS-27 with the plain method', { code_challenge_method: 'plain' }, 'invalid_request'],
    [
      'AS-22 with a redirect URI nobody registered',
      { redirect_uri: 'https://evil.example/cb' },
      'invalid_request',
    ],
    ['AS-28 for a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['AS-31 for a resource of somebody else', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['for another resource than that of its path', { resource: notesUrl }, 'invalid_target'],
    ['AS-42 with a request object', { request: 'a.b.c' }, 'request_not_supported'],
    ['that refers to another', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
  ])('refuses a request %s', async (_, change, error) => {
    const { push } = await pushingClient()
    expect((await push()).status).toBe(201)
    const refused = await push(change)
    expect([refused.status, refused.body['error']]).toEqual([400, error])
  })

  it('AS-53 refuses a client nobody knows, and one that does not prove itself', async () => {
    const { flow, push } = await pushingClient()
    expect((await push({ client_id: 'unknown' })).status).toBe(401)
    const confidential = await flow.register({ token_endpoint_auth_method: 'client_secret_post' })
    expect((await push({ client_id: confidential })).status).toBe(401)
    expect((await push({}, '/oauth/par/mcp/unknown')).status).toBe(404)
  })

  it('keeps no secret of the client', async () => {
    const clientSecret = 'a-long-enough-secret-of-forty-characters'
    const { flow, push } = await pushingClient('allowed', {
      server: {
        clients: [
          {
            clientId: 'app',
            name: 'App',
            redirectUris: [loopbackUri],
            clientSecret,
            authMethod: 'client_secret_post',
          },
        ],
      },
    })
    const { body } = await push({ client_id: 'app', client_secret: clientSecret })
    const reference = (body['request_uri'] ?? '').split(':').at(-1) ?? ''
    const stored = await records(flow.server.context.storage, 'pushed-request').get(reference)
    expect(stored?.value.parameters).toContainEqual(['client_id', 'app'])
    expect(JSON.stringify(stored)).not.toContain(clientSecret)
  })
})

describe('a reference to a pushed request', () => {
  it('works twice within its time, for a page that is loaded twice, and no longer', async () => {
    const { flow, push, authorizeUrl } = await pushingClient()
    const { body } = await push()
    const url = authorizeUrl({ request_uri: body['request_uri'] })
    expect((await flow.browser.open(url)).text).toContain('wants to use Demo')
    flow.clock.advance(89)
    expect((await flow.browser.open(url)).text).toContain('wants to use Demo')
    flow.clock.advance(1)
    const late = await flow.browser.open(url)
    expect([late.status, late.stopped]).toEqual([400, false])
  })

  it.each(['another client', 'another path', 'a made-up reference'])(
    'AS-21 is worth nothing for %s',
    async (which) => {
      const { flow, push, authorizeUrl } = await pushingClient()
      const { body } = await push()
      const requestUri = body['request_uri']
      const urls: Record<string, string> = {
        'another client': authorizeUrl({ client_id: await flow.register(), request_uri: requestUri }),
        'another path': authorizeUrl({ request_uri: requestUri }, '/oauth/authorize/mcp/notes'),
        'a made-up reference': authorizeUrl({ request_uri: `${requestUri?.slice(0, -3)}AAA` }),
      }
      const page = await flow.browser.open(urls[which] ?? '')
      expect([page.status, page.stopped]).toEqual([400, false])
    },
  )

  it('AS-42 of another kind is refused as before', async () => {
    const { flow, request } = await pushingClient()
    const page = await flow.browser.open(`${request.url}&request_uri=https%3A%2F%2Fclient.example%2Frequest`)
    expect(page.parameters.get('error')).toBe('request_uri_not_supported')
  })
})

describe('pushedAuthorizationRequests', () => {
  it('off: there is no endpoint, no word in the metadata, and references are not understood', async () => {
    const { flow, request, push } = await pushingClient('off')
    expect((await push()).status).toBe(404)
    expect(await flow.client.authorizationServer(demoUrl)).not.toHaveProperty(
      'pushed_authorization_request_endpoint',
    )
    const page = await flow.browser.open(
      `${request.url}&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax`,
    )
    expect(page.parameters.get('error')).toBe('request_uri_not_supported')
  })

  it('required: a request that came by way of the browser is refused, a pushed one is taken', async () => {
    const { flow, request, push, authorizeUrl } = await pushingClient('required')
    const direct = await flow.browser.open(request.url)
    expect(direct.parameters.get('error')).toBe('invalid_request')
    const { body } = await push()
    const pushed = await flow.browser.open(authorizeUrl({ request_uri: body['request_uri'] }))
    expect(pushed.text).toContain('wants to use Demo')
  })
})
