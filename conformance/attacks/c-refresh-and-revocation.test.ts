import { expect, it } from 'vitest'

import { describeAttacks, type Open } from './describe-attacks.ts'
import { notesUrl, type TargetOptions } from './target.ts'
import {
  codeFor,
  isAccepted,
  jsonOf,
  redeem,
  refresh,
  registered,
  revoke,
  tokensOf,
} from './token-requests.ts'

/** A client with its first tokens. */
async function signedIn(open: Open, options?: TargetOptions) {
  const target = await open(options)
  const issued = await codeFor(target)
  return { target, issued, tokens: await tokensOf(await redeem(target, issued)) }
}

describeAttacks('C. Refresh and revocation', (open) => {
  it('C01 ends the grant when a rotated token comes back late (RFC 9700 section 4.14)', async () => {
    const { target, issued, tokens } = await signedIn(open)
    const next = await tokensOf(await refresh(target, issued, tokens.refreshToken))
    target.clock.advance(31)
    expect(await jsonOf(await refresh(target, issued, tokens.refreshToken))).toMatchObject({
      error: 'invalid_grant',
    })
    expect(await isAccepted(target, issued.url, next.accessToken)).toBe(false)
    expect(await jsonOf(await refresh(target, issued, next.refreshToken))).toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('C01 answers the same successor within the window, and to the same client alone (workers-oauth-provider 214)', async () => {
    const { target, issued, tokens } = await signedIn(open)
    const next = await tokensOf(await refresh(target, issued, tokens.refreshToken))
    const again = await tokensOf(await refresh(target, issued, tokens.refreshToken))
    expect(again.refreshToken).toBe(next.refreshToken)
    const stranger = { ...issued, client: (await codeFor(target)).client }
    expect((await refresh(target, stranger, tokens.refreshToken)).status).toBe(400)
    // The stranger has revoked nothing.
    expect((await refresh(target, issued, next.refreshToken)).status).toBe(200)
  })

  it('C02 keeps one lineage when two nodes refresh at the same moment (GHSA-392p-2q2v-4372)', async () => {
    const { target, issued, tokens } = await signedIn(open)
    const other = await target.otherNode()
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        tokensOf(await refresh(index % 2 === 0 ? target : other, issued, tokens.refreshToken)),
      ),
    )
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1)
    expect((await refresh(other, issued, answers[0]?.refreshToken ?? '')).status).toBe(200)
  })

  it('C03 lets a revocation win over refreshes that race it (GHSA-392p-2q2v-4372)', async () => {
    const { target, issued, tokens } = await signedIn(open)
    const other = await target.otherNode()
    const racing = Array.from({ length: 6 }, (_, index) =>
      refresh(index % 2 === 0 ? target : other, issued, tokens.refreshToken),
    )
    const [revoked, ...answers] = await Promise.all([revoke(other, issued, tokens.refreshToken), ...racing])
    expect(revoked?.status).toBe(200)
    for (const answer of answers.filter(({ status }) => status === 200)) {
      const issuedMeanwhile = await tokensOf(answer)
      expect((await refresh(target, issued, issuedMeanwhile.refreshToken)).status).toBe(400)
      target.clock.advance(6)
      expect(await isAccepted(target, issued.url, issuedMeanwhile.accessToken)).toBe(false)
    }
    expect((await refresh(target, issued, tokens.refreshToken)).status).toBe(400)
  })

  it('C04 refuses another client, resource or wider scope, and rotates nothing for it (workers-oauth-provider 258)', async () => {
    const target = await open()
    const issued = await codeFor(target, undefined, {
      resource: notesUrl,
      overrides: { scope: 'notes:read' },
    })
    const tokens = await tokensOf(await redeem(target, issued))
    const stranger = await codeFor(target)
    for (const [as, overrides, error] of [
      [{ ...issued, client: stranger.client }, {}, 'invalid_grant'],
      [issued, { resource: stranger.url }, 'invalid_target'],
      [issued, { scope: 'notes:read notes:write' }, 'invalid_scope'],
    ] as const) {
      expect(await jsonOf(await refresh(target, as, tokens.refreshToken, overrides))).toMatchObject({ error })
    }
    // Had one of them rotated the token, this would be reuse.
    target.clock.advance(31)
    const accepted = await jsonOf(await refresh(target, issued, tokens.refreshToken, { scope: 'notes:read' }))
    expect(accepted).toMatchObject({ scope: 'notes:read' })
  })

  it('C05 refreshes for nobody who does not hold the newest token of the very client (GHSA-pw9m-5jxm-xr6h)', async () => {
    const target = await open()
    const client = await registered(target)
    const issued = await codeFor(target, client)
    const { refreshToken } = await tokensOf(await redeem(target, issued))
    const unproven = { ...issued, client: { clientId: client.clientId, authMethod: 'none' as const } }
    expect((await refresh(target, unproven, refreshToken)).status).toBe(401)
    const altered = `${refreshToken.slice(0, -1)}${refreshToken.endsWith('A') ? 'B' : 'A'}`
    const guessed = [client.clientId, 'rt_', '', altered, refreshToken.replace('.0.', '.1.')]
    for (const guess of guessed) expect((await refresh(target, issued, guess)).status).toBe(400)
    expect((await refresh(target, issued, refreshToken)).status).toBe(200)
  })

  it('C06 takes each kind of token for its own purpose only (fastmcp 3524)', async () => {
    const { target, issued, tokens } = await signedIn(open)
    const fresh = await codeFor(target)
    for (const other of [tokens.refreshToken, fresh.code, fresh.client.clientId]) {
      expect(await isAccepted(target, issued.url, other)).toBe(false)
    }
    for (const other of [tokens.accessToken, fresh.code]) {
      expect(await jsonOf(await refresh(target, issued, other))).toMatchObject({ error: 'invalid_grant' })
    }
    for (const code of [tokens.accessToken, tokens.refreshToken]) {
      expect(await jsonOf(await redeem(target, { ...fresh, code }))).toMatchObject({ error: 'invalid_grant' })
    }
    expect(await isAccepted(target, issued.url, tokens.accessToken)).toBe(true)
    expect((await redeem(target, fresh)).status).toBe(200)
  })

  it.each(['access_token', 'refresh_token'])(
    'C07 revokes by %s, and for its own client alone (workers-oauth-provider 188)',
    async (hint) => {
      const { target, issued, tokens } = await signedIn(open)
      const token = hint === 'access_token' ? tokens.accessToken : tokens.refreshToken
      const stranger = { ...issued, client: (await codeFor(target)).client }
      expect((await revoke(target, stranger, token)).status).toBe(400)
      expect((await revoke(target, stranger, 'nonsense')).status).toBe(200)
      expect(await isAccepted(target, issued.url, tokens.accessToken)).toBe(true)
      // A wrong hint is no reason not to look further (RFC 7009 section 2.1).
      const wrong = hint === 'access_token' ? 'refresh_token' : 'access_token'
      expect((await revoke(target, issued, token, { token_type_hint: wrong })).status).toBe(200)
      expect(await isAccepted(target, issued.url, tokens.accessToken)).toBe(false)
      expect((await refresh(target, issued, tokens.refreshToken)).status).toBe(400)
    },
  )

  it('C08 tells no token to a log, an error or a cache (workers-oauth-provider 224)', async () => {
    const { target, issued, tokens } = await signedIn(open)
    const refreshed = await refresh(target, issued, tokens.refreshToken)
    expect(refreshed.headers.get('cache-control')).toBe('no-store')
    const next = await tokensOf(refreshed)
    await isAccepted(target, issued.url, `${next.accessToken}x`)
    await refresh(target, issued, `${next.refreshToken}x`)
    const reused = await redeem(target, issued)
    const body = JSON.stringify(await jsonOf(reused))
    expect(reused.headers.get('cache-control')).toBe('no-store')
    const secrets = [
      issued.code,
      issued.request.pkce.verifier,
      ...Object.values(tokens),
      ...Object.values(next),
    ]
    const told = [body, JSON.stringify(target.events), ...target.errors.map(String)].join('\n')
    expect(target.events.length).toBeGreaterThan(5)
    for (const secret of secrets) expect(told).not.toContain(secret)
    for (const { url, requestHeaders } of (await target.browser.open(issued.request.url)).hops) {
      for (const secret of secrets) expect(url + (requestHeaders.get('referer') ?? '')).not.toContain(secret)
    }
  })
})
