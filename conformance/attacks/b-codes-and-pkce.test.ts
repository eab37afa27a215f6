import type { Overrides } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { describeAttacks } from './describe-attacks.ts'
import { notesUrl, type Target } from './target.ts'
import { codeFor, isAccepted, jsonOf, redeem, refresh, tokensOf } from './token-requests.ts'
import { gatheringStorage } from './wrapped-storages.ts'

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** What the client is told of a request that was changed by `overrides`. */
async function answerTo(target: Target, overrides: Overrides) {
  const page = await target.browser.open((await target.attempt(overrides)).url)
  return { error: page.parameters.get('error'), text: page.text }
}

describeAttacks('B. Codes and PKCE', (open) => {
  it.each<[string, Overrides]>([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a method without a challenge', { code_challenge: undefined }],
    ['an empty challenge', { code_challenge: '' }],
  ])('B01 begins nothing for a public client with %s (workers-oauth-provider 253)', async (_, overrides) => {
    const target = await open()
    expect(await answerTo(target, overrides)).toMatchObject({ error: 'invalid_request' })
    expect((await answerTo(target, {})).text).toContain('wants to use Demo')
  })

  it.each<[string, Overrides]>([
    ['no verifier', { code_verifier: undefined }],
    ['an empty verifier', { code_verifier: '' }],
    ['the verifier of another request', { code_verifier: 'x'.repeat(43) }],
  ])('B02 redeems no code with %s (CVE-2025-4144)', async (_, overrides) => {
    const target = await open()
    const issued = await codeFor(target)
    expect(await jsonOf(await redeem(target, issued, overrides))).toMatchObject({ error: 'invalid_grant' })
    expect((await redeem(target, issued)).status).toBe(200)
  })

  it.each<[string, Overrides]>([
    ['by plain', { code_challenge_method: 'plain' }],
    ['by a method that is left out, which means plain', { code_challenge_method: undefined }],
    ['by s256', { code_challenge_method: 's256' }],
    ['that is too short', { code_challenge: challenge.slice(0, 42) }],
    ['that is too long', { code_challenge: 'x'.repeat(129) }],
    ['of another alphabet', { code_challenge: `${challenge.slice(0, 42)}+` }],
  ])('B03 takes no challenge %s (RFC 7636 section 4)', async (_, overrides) => {
    const target = await open()
    expect(await answerTo(target, overrides)).toMatchObject({ error: 'invalid_request' })
    expect((await answerTo(target, { code_challenge: challenge })).text).toContain('wants to use Demo')
  })

  it('B04 revokes what a code was redeemed for when it comes again (workers-oauth-provider 144)', async () => {
    const target = await open()
    const issued = await codeFor(target)
    const { accessToken } = await tokensOf(await redeem(target, issued))
    expect(await isAccepted(target, issued.url, accessToken)).toBe(true)
    expect(await jsonOf(await redeem(target, issued))).toMatchObject({ error: 'invalid_grant' })
    expect(await isAccepted(target, issued.url, accessToken)).toBe(false)
  })

  it('B04 revokes nothing for a code that merely looks alike (workers-oauth-provider 225)', async () => {
    const target = await open()
    const issued = await codeFor(target)
    const { accessToken } = await tokensOf(await redeem(target, issued))
    const { code } = issued
    const altered = `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`
    for (const other of [altered, code.slice(0, -1), `${code}A`, code.split('').toReversed().join('')]) {
      expect(await jsonOf(await redeem(target, { ...issued, code: other }))).toMatchObject({
        error: 'invalid_grant',
      })
    }
    // Who cannot prove to be the client revokes nothing either.
    expect((await redeem(target, issued, { code_verifier: 'x'.repeat(43) })).status).toBe(400)
    expect(await isAccepted(target, issued.url, accessToken)).toBe(true)
  })

  it('B05 lets one of many redemptions at the same moment win, on two nodes (GHSA-7w99-5wm4-3g79)', async () => {
    const target = await open(gatheringStorage('code', 10))
    const other = await target.otherNode()
    const issued = await codeFor(target)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => redeem(index % 2 === 0 ? target : other, issued)),
    )
    const [won, ...more] = answers.filter(({ status }) => status === 200)
    expect(more).toEqual([])
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
    const { accessToken, refreshToken } = await tokensOf(won ?? Response.error())
    expect(await isAccepted(target, issued.url, accessToken)).toBe(true)
    expect((await refresh(other, issued, refreshToken)).status).toBe(200)
  })

  it('B06 B07 redeems a code for its own client and resource only, and a mistake does not burn it (workers-oauth-provider 246)', async () => {
    const target = await open()
    const issued = await codeFor(target)
    const otherClient = await target.newClient()
    for (const [overrides, error] of [
      [{ client_id: otherClient }, 'invalid_grant'],
      [{ resource: notesUrl }, 'invalid_target'],
      [{ resource: [issued.url, notesUrl] }, 'invalid_target'],
      [{ redirect_uri: 'http://127.0.0.1:1/callback' }, 'invalid_grant'],
    ] as const) {
      expect(await jsonOf(await redeem(target, issued, overrides))).toMatchObject({ error })
    }
    expect((await redeem(target, issued)).status).toBe(200)
  })

  it('B06 redeems no code after its minute (RFC 6749 section 4.1.2)', async () => {
    const target = await open()
    const [early, late] = [await codeFor(target), await codeFor(target)]
    target.clock.advance(59)
    expect((await redeem(target, early)).status).toBe(200)
    target.clock.advance(1)
    expect(await jsonOf(await redeem(target, late))).toMatchObject({ error: 'invalid_grant' })
  })
})
