import { answerPages } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { describeAttacks } from './describe-attacks.ts'
import { inRepository } from './in-repository.ts'
import { demoUrl, publicUrl, type Target } from './target.ts'
import { codeFor, isAccepted, jsonOf, redeem, refresh, tokensOf } from './token-requests.ts'

const adminToken = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'

describeAttacks('J. Operations', (open) => {
  it('J01 lets nobody in while the storage is away, and loses nothing by it (babs row 8)', async () => {
    let isAway = false
    const target = await open({ isAway: () => isAway })
    const issued = await codeFor(target)
    const second = await codeFor(target)
    const tokens = await tokensOf(await redeem(target, issued))
    const page = (await target.attempt()).url
    target.clock.advance(6)
    isAway = true
    const answers = [
      await redeem(target, second),
      await refresh(target, issued, tokens.refreshToken),
      await target.register(),
      await target.request(new URL(page).pathname + new URL(page).search),
      await target.request('/account'),
      await target.request('/readyz'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503, 503])
    for (const answer of answers.slice(0, 5)) expect(answer.headers.get('retry-after')).not.toBeNull()
    const { status, headers } = await target.client.mcp.call(
      demoUrl,
      'tools/list',
      {},
      { accessToken: tokens.accessToken },
    )
    expect([status, headers.has('retry-after')]).toEqual([503, true])
    isAway = false
    expect((await redeem(target, second)).status).toBe(200)
    expect((await refresh(target, issued, tokens.refreshToken)).status).toBe(200)
  })

  it('J02 carries a sign-in on over a restart at any step, and a token over any number of nodes', async () => {
    const target = await open()
    const issuedBy = await target.attempt()
    const page = await target.browser.open(issuedBy.url)
    // The next requests reach processes that know nothing but the storage.
    const clientId = new URL(issuedBy.url).searchParams.get('client_id') ?? ''
    const node = await target.otherNode()
    const form = Object.fromEntries(
      page.forms.at(-1)?.fields.map(({ name, value }) => [name, value ?? '']) ?? [],
    )
    const cookie = target.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const approved = await node.request('/oauth/setup', {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ ...form, decision: 'approve' }),
    })
    const code = new URL(approved.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const client = { clientId, authMethod: 'none' as const }
    const issued = { code, client, request: issuedBy, url: demoUrl }
    const { accessToken } = await tokensOf(await redeem(await target.otherNode(), issued))
    expect(await isAccepted(await target.otherNode(), demoUrl, accessToken)).toBe(true)
  })

  it.each([
    [-50, true],
    [50, true],
    [-600, false],
    [600, false],
  ])('J02 signs in at an IdP whose clock differs by %i seconds: %s', async (seconds, isIn) => {
    const target = await open()
    target.idp.bendIdToken((draft) => {
      const { iat = 0, exp = 0 } = draft.claims
      // The token lives for half a minute by the clock of the IdP.
      return {
        ...draft,
        claims: { ...draft.claims, iat: iat + seconds, exp: Math.min(exp, iat + 30) + seconds },
      }
    })
    const page = await target.browser.open((await target.attempt()).url)
    expect(page.text.includes('wants to use Demo')).toBe(isIn)
  })

  it.each([
    'host',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-prefix',
    'forwarded',
    'x-original-url',
  ])('J03 says the same URLs whatever %s says (supermemory 1483, sie 275)', async (name) => {
    const target = await open()
    const headers = { [name]: name === 'forwarded' ? 'host=evil.example;proto=http' : 'evil.example' }
    for (const path of [
      '/.well-known/oauth-authorization-server/mcp/demo',
      '/.well-known/oauth-protected-resource/mcp/demo',
    ]) {
      const plain = await (await target.request(path)).text()
      expect(await (await target.request(path, { headers })).text()).toBe(plain)
    }
    const challenged = await target.request('/mcp/demo', { method: 'POST', headers })
    expect(challenged.headers.get('www-authenticate')).toContain(`resource_metadata="${publicUrl}/`)
  })

  it.each([
    '/metrics',
    '/admin',
    '/admin/api/revocations',
    '/debug',
    '/debug/pprof',
    '/env',
    '/.env',
    '/config',
    '/actuator',
    '/oauth/admin',
  ])('J04 has no %s where users come in', async (path) => {
    const target = await open({ gateway: { admin: { token: adminToken } } })
    const headers = { authorization: `Bearer ${adminToken}` }
    for (const method of ['GET', 'POST']) {
      expect([401, 404, 405]).toContain((await target.request(path, { method, headers })).status)
    }
    expect((await target.request('/healthz')).status).toBe(200)
  })

  it('J04 says by its health that it lives, and nothing else (CWE-497)', async () => {
    let isAway = false
    const target = await open({ isAway: () => isAway })
    expect(await jsonOf(await target.request('/healthz'))).toEqual({ status: 'ok' })
    expect(await jsonOf(await target.request('/readyz'))).toEqual({ status: 'ready' })
    isAway = true
    expect(await jsonOf(await target.request('/readyz'))).toEqual({ status: 'storage unavailable' })
    const { headers } = await target.request('/healthz')
    for (const name of ['server', 'x-powered-by']) expect(headers.has(name)).toBe(false)
  })

  it('J05 signs a user in with nothing fetched but what the operator named', async () => {
    const asked: string[] = []
    const target = await open({
      web: (request) => {
        asked.push(request.url)
        return new Response(null, { status: 404 })
      },
    })
    await answerPages(await target.browser.open((await target.attempt()).url))
    expect(asked).toEqual([])
  })
})

describeAttacks(
  'J. Operations behind proxies',
  (open) => {
    it('J03 counts by the address of the peer, and of a proxy that the operator listed (better-auth 10203)', async () => {
      const guess = async (target: Target, forwarded: string) => {
        const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: crypto.randomUUID() })
        const init = { method: 'POST', headers: { 'x-forwarded-for': forwarded }, body }
        return (await target.request('/oauth/token', init)).status
      }
      /** How two guesses of `first` are answered, and then one of each other address. */
      const answers = async (
        trustedProxies: readonly string[],
        first: string,
        ...others: readonly string[]
      ) => {
        const target = await open({ trustedProxies, gateway: { rateLimits: { failures: 1 } } })
        const seen: number[] = []
        for (const forwarded of [first, first, ...others]) seen.push(await guess(target, forwarded))
        return seen
      }
      const left = '6.6.6.6, 192.0.2.1'
      // Nobody's word is taken: all come from this machine, which is never counted.
      expect(await answers([], `${left}, 10.0.0.7`)).toEqual([401, 401])
      const near = [`${left}, 10.0.0.7`, `7.7.7.7, 192.0.2.2, 10.0.0.7`, `${left}, 10.0.0.8`] as const
      expect(await answers(['127.0.0.1'], ...near)).toEqual([401, 429, 429, 401])
      // Read from the right: what stands left of the first stranger is anybody's.
      const far = [
        `${left}, 10.0.0.7`,
        `7.7.7.7, 192.0.2.1, 10.0.0.8`,
        `6.6.6.6, 192.0.2.2, 10.0.0.7`,
      ] as const
      expect(await answers(['127.0.0.1', '10.0.0.0/8'], ...far)).toEqual([401, 429, 429, 401])
    })
  },
  { needs: 'socket' },
)

describe('J. Operations, of the repository', () => {
  it('J05 installs pinned code that runs nothing, and publishes with provenance alone (Shai-Hulud, 2025)', () => {
    const workspace = inRepository('pnpm-workspace.yaml')
    const builds = /^allowBuilds:\n((?:[ #].*\n)+)/m.exec(workspace)?.[1] ?? ''
    const allowed = [...builds.matchAll(/^ {2}(\S+): true$/gm)].map(([, name]) => name)
    expect(allowed).toEqual(['node'])
    const lockfile = inRepository('pnpm-lock.yaml')
    const resolved = [...lockfile.matchAll(/^ {4}resolution: \{(.*)\}$/gm)].map(([, text = '']) => text)
    expect(resolved.length).toBeGreaterThan(100)
    expect(resolved.filter((text) => !text.includes('integrity: sha512-'))).toEqual([])
    const release = inRepository('.github/workflows/release.yml')
    expect(release).toContain('id-token: write')
    expect(release).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/)
    expect(inRepository('scripts/release.ts')).toContain("'--provenance'")
  })
})
