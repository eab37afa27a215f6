import { createScriptedUpstream } from '@portico/test-peers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it, vi } from 'vitest'

import { describeAttacks, type Open } from './describe-attacks.ts'
import { connectLinear, linear, linearRoutes } from './linear-upstream.ts'
import { demoUrl, hostedUri, publicUrl, type TargetOptions } from './target.ts'
import { jsonOf } from './token-requests.ts'

const goodId = 'https://client.example/oauth/client.json'

const documentOf = (url: string): Record<string, unknown> => ({
  client_id: url,
  client_name: 'Client',
  redirect_uris: [hostedUri],
})

/** A gateway, and a web that answers every URL; what of it was asked for is kept. */
async function onTheWeb(
  open: Open,
  options: Pick<TargetOptions, 'safeFetch' | 'providers'> & {
    readonly answer?: (url: string) => Response | Promise<Response>
  } = {},
) {
  const { answer = (url: string) => Response.json(documentOf(url)), ...rest } = options
  const asked: string[] = []
  const target = await open({
    ...rest,
    web: (request) => {
      asked.push(request.url)
      return answer(request.url)
    },
  })
  return {
    target,
    asked,
    /** Whether a client of this id gets as far as the question. */
    async isKnown(clientId: string): Promise<boolean> {
      const request = await target.attempt({ redirect_uri: hostedUri }, { clientId })
      const page = await target.otherBrowser().open(request.url)
      if (page.status !== 200 && page.status !== 400 && page.status !== 503) throw new Error(page.text)
      return page.status === 200
    },
  }
}

const resolvingTo = (...addresses: readonly string[]): Required<Pick<TargetOptions, 'safeFetch'>> => ({
  safeFetch: {
    resolve: (host) => Promise.resolve(host === 'inside.example' ? [...addresses] : ['93.184.215.14']),
  },
})
const insideId = 'https://inside.example/client.json'

describeAttacks('F. Fetching what others name', (open) => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '168.63.129.16',
    '192.0.0.192',
    '224.0.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    '127.1',
    'localhost',
    'metadata',
    'db.internal',
    'printer.local',
  ])('F01 fetches no client document from %s (vercel/ai 20578)', async (host) => {
    const { asked, isKnown } = await onTheWeb(open)
    expect(await isKnown(`https://${host}/client.json`)).toBe(false)
    expect(asked).toEqual([])
    expect(await isKnown(goodId)).toBe(true)
  })

  it('F01 fetches no keys of a client from inside (vercel/ai 20578)', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const { target, asked } = await onTheWeb(open, {
      answer: () => Response.json({ keys: [publicJwk] }),
    })
    const publicJwk = await exportJWK(publicKey)
    const answerFor = async (jwksUri: string) => {
      const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: jwksUri }
      const clientId = await target.newClient(metadata)
      const assertion = await new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(publicUrl)
        .setIssuedAt(target.clock.seconds())
        .setExpirationTime(target.clock.seconds() + 60)
        .sign(privateKey)
      const form = {
        grant_type: 'refresh_token',
        refresh_token: 'x',
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }
      const response = await target.request('/oauth/token', {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      return (await jsonOf(response))['error']
    }
    expect(await answerFor('https://10.0.0.1/jwks')).not.toBe('invalid_grant')
    expect(await answerFor('https://[::ffff:10.0.0.1]/jwks')).not.toBe('invalid_grant')
    expect(asked).toEqual([])
    // The client is proven: it is only its refresh token that is nonsense.
    expect(await answerFor('https://client.example/jwks')).toBe('invalid_grant')
  })

  it.each([
    ['mapped', '::ffff:10.0.0.1'],
    ['compatible', '::10.0.0.1'],
    ['NAT64', '64:ff9b::a00:1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['6to4', '2002:a00:1::1'],
    ['Teredo', '2001:0:5ef5:79fd::1'],
    ['ISATAP', '2606:4700::5efe:a00:1'],
    ['translated', '::ffff:0:a00:1'],
    ['unique local', 'fd00::1'],
    ['link-local', 'fe80::1'],
    ['loopback', '::1'],
    ['unspecified', '::'],
    ['multicast', 'ff02::1'],
  ])('F02 goes to no inside address as a %s IPv6 address (ToolHive 26912af45)', async (_, address) => {
    const { asked, isKnown } = await onTheWeb(open, resolvingTo(address))
    expect(await isKnown(insideId)).toBe(false)
    expect(asked).toEqual([])
    const outside = await onTheWeb(open, resolvingTo('2606:4700::1'))
    expect(await outside.isKnown(insideId)).toBe(true)
  })

  it.each([
    ['after a good one', ['93.184.215.14', '10.0.0.1']],
    ['before a good one', ['10.0.0.1', '93.184.215.14']],
    ['of the other family', ['93.184.215.14', '::1']],
  ])('F03 goes to no name with a bad address %s (ContextForge fba11a99b)', async (_, addresses) => {
    const { asked, isKnown } = await onTheWeb(open, resolvingTo(...addresses))
    expect(await isKnown(insideId)).toBe(false)
    expect(asked).toEqual([])
    expect(await isKnown(goodId)).toBe(true)
  })

  it.each([301, 302, 303, 307, 308])('F04 follows no redirect, %i (ToolHive 4ea6afb90)', async (status) => {
    const { asked, isKnown } = await onTheWeb(open, {
      answer: (url) =>
        url === goodId
          ? new Response(null, { status, headers: { location: 'https://client.example/other.json' } })
          : Response.json(documentOf(goodId)),
    })
    expect(await isKnown(goodId)).toBe(false)
    expect(asked).toEqual([goodId])
    const direct = await onTheWeb(open)
    expect(await direct.isKnown(goodId)).toBe(true)
  })

  it.each([
    'https://xcorp.example/client.json',
    'https://corp.example.evil.example/client.json',
    'https://corp.example/client.json',
    'https://a.corp.example./client.json',
  ])('F05 takes %s for no host of the allow list (ContextForge ba6c7e718)', async (clientId) => {
    const safeFetch = {
      allowHosts: ['*.corp.example'],
      resolve: (host: string) => Promise.resolve([host === 'idp.example' ? '93.184.215.14' : '10.0.0.1']),
    }
    const { asked, isKnown } = await onTheWeb(open, { safeFetch })
    expect(await isKnown(clientId)).toBe(false)
    expect(asked).toEqual([])
    expect(await isKnown('https://a.corp.example/client.json')).toBe(true)
  })

  it('F06 reads no document that is large, of another type, deep or no document', async () => {
    const padded = (bytes: number) => {
      const body = JSON.stringify({ ...documentOf(goodId), padding: '' })
      return new Response(body.replace('"padding":""', `"padding":"${'x'.repeat(bytes - body.length)}"`), {
        headers: { 'content-type': 'application/json' },
      })
    }
    const known = async (answer: () => Response) => (await onTheWeb(open, { answer })).isKnown(goodId)
    expect(await known(() => padded(5121))).toBe(false)
    expect(await known(() => padded(5120))).toBe(true)
    const endless = () =>
      new Response(new ReadableStream({ pull: (to) => to.enqueue(new TextEncoder().encode('[')) }), {
        headers: { 'content-type': 'application/json' },
      })
    expect(await known(endless)).toBe(false)
    const asHtml = { headers: { 'content-type': 'text/html' } }
    expect(await known(() => new Response(JSON.stringify(documentOf(goodId)), asHtml))).toBe(false)
    expect(await known(() => new Response('['.repeat(5000)))).toBe(false)
    expect(await known(() => Response.json([documentOf(goodId)]))).toBe(false)
  })

  it('F07 fetches one document once for all who ask, and not many of one host (better-auth 1.7)', async () => {
    const gate = Promise.withResolvers<void>()
    const { asked, isKnown } = await onTheWeb(open, {
      answer: async (url) => {
        await gate.promise
        return Response.json(documentOf(url))
      },
    })
    const together = Promise.all(Array.from({ length: 20 }, () => isKnown(goodId)))
    await vi.waitFor(() => expect(asked).not.toEqual([]), { timeout: 50_000 })
    gate.resolve()
    expect(new Set(await together)).toEqual(new Set([true]))
    expect(asked).toEqual([goodId])
    for (let index = 0; index < 40; index += 1) await isKnown(`https://many.example/${index}`)
    expect(asked.filter((url) => url.startsWith('https://many.example/'))).toHaveLength(20)
    expect(await isKnown('https://other.example/client.json')).toBe(true)
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another id', { client_id: 'https://client.example/other.json' }],
    ['of its id in other case', { client_id: goodId.toUpperCase() }],
    ['without a name', { client_name: undefined }],
    ['with a blank name', { client_name: ' \u200B' }],
    ['with a secret', { client_secret: 'x' }],
    ['with a private key', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] } }],
    ['with a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'c' }] } }],
    ['with a method that needs a secret', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['with a scriptable redirect URI', { redirect_uris: [hostedUri, 'javascript:x'] }],
  ])(
    'F08 takes no document %s, and remembers no failure (workers-oauth-provider 0.10.2)',
    async (_, change) => {
      let isBad = true
      const { isKnown } = await onTheWeb(open, {
        answer: (url) => Response.json({ ...documentOf(url), ...(isBad && change) }),
      })
      expect(await isKnown(goodId)).toBe(false)
      isBad = false
      expect(await isKnown(goodId)).toBe(true)
    },
  )

  it('F08 uses no document any more that has turned bad (oidc-provider 9.11)', async () => {
    let name: string | undefined = 'Client'
    const { target, isKnown } = await onTheWeb(open, {
      answer: (url) => Response.json({ ...documentOf(url), client_name: name }),
    })
    expect(await isKnown(goodId)).toBe(true)
    name = undefined
    target.clock.advance(601)
    expect(await isKnown(goodId)).toBe(false)
  })

  it.each([
    'https://user@client.example/client.json',
    'https://client.example/client.json#fragment',
    'https://client.example',
    'https://client.example/a/../client.json',
    'https://client.example/%2e%2e/client.json',
    'http://client.example/client.json',
    'https://CLIENT.example/client.json',
  ])('F08 takes %s for no client id', async (clientId) => {
    const { asked, isKnown } = await onTheWeb(open)
    expect(await isKnown(clientId)).toBe(false)
    expect(asked).toEqual([])
    expect(await isKnown(goodId)).toBe(true)
  })

  it('F09 gives the leave to reach inside to the IdP of the configuration alone (GHSA-5rr4-8452-hf4v)', async () => {
    // The IdP is inside. The gateway has the fetch that it makes for itself.
    const provider = { issuer: 'https://10.0.0.5', clientId: 'client', clientSecret: 'secret' }
    const { target, isKnown } = await onTheWeb(open, { providers: [provider], safeFetch: 'own' })
    expect(await isKnown('https://10.0.0.5/client.json')).toBe(false)
    const refused = target.events.findLast(({ name }) => name === 'client.document_refused')
    expect((refused?.cause as Error | undefined)?.cause).toMatchObject({ name: 'UnsafeUrlError' })
    expect((await target.newClient()).length).toBe(22)
  })

  it.each([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['its issuer in other case', { issuer: 'https://AS.upstream.example' }],
  ])('F10 sends nobody to a server whose metadata names %s (MCP 1721, 544)', async (_, metadata) => {
    const upstream = createScriptedUpstream({
      metadata: { ...metadata, token_endpoint: 'https://evil.example/token' },
    })
    const target = await open({ gateway: linear(), others: upstream.servers })
    const page = await connectLinear(target)
    expect(page.status).toBe(502)
    expect(upstream.requests.filter(({ pathname }) => pathname !== '/mcp')).not.toContainEqual(
      expect.objectContaining({ pathname: '/authorize' }),
    )
    const good = await open({ gateway: linear(), others: createScriptedUpstream().servers })
    expect((await connectLinear(good)).text).toContain('Linear')
  })

  it('F10 takes no resource metadata of another resource (RFC 9728 section 3.3)', async () => {
    const upstream = createScriptedUpstream({
      resourceMetadata: {
        resource: 'https://upstream.example/other',
        authorization_servers: ['https://evil.example'],
      },
    })
    const asked: string[] = []
    const web = (request: Request) => {
      asked.push(request.url)
      return new Response(null, { status: 404 })
    }
    const target = await open({ gateway: linear(), others: upstream.servers, web })
    expect((await connectLinear(target)).status).toBe(502)
    expect(asked).toEqual([])
  })

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'cmd:calc.exe',
    'http://as.upstream.example/authorize',
    'a$(calc.exe)://x',
  ])(
    'F11 sends no browser to an authorization endpoint like %s (mcp-remote CVE-2025-6514)',
    async (endpoint) => {
      const upstream = createScriptedUpstream({ metadata: { authorization_endpoint: endpoint } })
      const target = await open({ gateway: linear(), others: upstream.servers })
      const page = await connectLinear(target)
      expect(page.stopped).toBe(false)
      expect(page.status).toBe(502)
      expect(page.body).not.toContain(endpoint)
      expect(linearRoutes[0]?.path).toBe(new URL(demoUrl).pathname)
    },
  )
})
