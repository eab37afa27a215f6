import { decodeJwt } from 'jose'
import { expect, it } from 'vitest'

import { cookieHeader } from './cookie-header.ts'
import { describeAttacks, type Open } from './describe-attacks.ts'
import { demoUrl, notesUrl, publicUrl, type Target } from './target.ts'
import { isAccepted, jsonOf } from './token-requests.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange' as const
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const clientSecret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'

type Form = Readonly<Record<string, string>>

async function post(target: Target, path: string, form: Form, headers: Form = {}) {
  const response = await target.request(path, { method: 'POST', headers, body: new URLSearchParams(form) })
  return { status: response.status, response }
}

/** A device that waits for its user. */
async function device(open: Open) {
  const target = await open({ gateway: { deviceAuthorization: true } })
  const metadata = { redirect_uris: undefined, response_types: undefined, grant_types: [deviceGrant] }
  const clientId = await target.newClient(metadata)
  const form = { client_id: clientId, resource: demoUrl }
  const begun = await jsonOf((await post(target, '/oauth/device/authorization', form)).response)
  const poll = async () => {
    target.clock.advance(6)
    const code = String(begun['device_code'])
    const { response } = await post(target, '/oauth/token', {
      grant_type: deviceGrant,
      client_id: clientId,
      device_code: code,
    })
    return jsonOf(response)
  }
  return { target, link: String(begun['verification_uri_complete']), poll }
}

/** A server behind the demo route, which may call the notes route for its users. */
async function exchanging(open: Open) {
  const middle = { name: 'Middle', clientSecret, authMethod: 'client_secret_post' as const }
  const target = await open({
    gateway: {
      clients: [
        {
          ...middle,
          clientId: 'middle',
          grantTypes: [exchangeGrant],
          exchanges: { from: ['/mcp/demo'], to: ['/mcp/notes'] },
        },
        {
          ...middle,
          clientId: 'other',
          grantTypes: [exchangeGrant],
          exchanges: { from: ['/mcp/notes'], to: ['/mcp/demo'] },
        },
      ],
    },
  })
  const { tokens } = await target.client.connect(demoUrl)
  const exchange = async (form: Form = {}) => {
    const { response } = await post(target, '/oauth/token', {
      grant_type: exchangeGrant,
      client_id: 'middle',
      client_secret: clientSecret,
      subject_token: tokens.accessToken,
      subject_token_type: accessTokenType,
      ...form,
    })
    return jsonOf(response)
  }
  return { target, tokens, exchange }
}

describeAttacks('I. Devices and exchanged tokens', (open) => {
  it('I05 approves a device for the user that the page showed, and for no other (GHSA-cq3f-vc6p-68fh, CVE-2026-45337)', async () => {
    const { target, link, poll } = await device(open)
    const shown = await target.browser.open(link)
    expect(shown.text).toContain('Ada Lovelace')
    const eve = target.otherBrowser()
    target.idp.signInAs({ sub: 'eve', name: 'Eve' })
    await eve.open(`${publicUrl}/account`)
    const fields = Object.fromEntries(
      shown.forms.at(-1)?.fields.map(({ name, value }) => [name, value ?? '']) ?? [],
    )
    // The form of one user in the session of another, without its token, and from another site.
    const approve = { ...fields, decision: 'approve' }
    const asAda = { cookie: cookieHeader(target.browser, publicUrl) }
    for (const [form, headers] of [
      [approve, { cookie: cookieHeader(eve, publicUrl) }],
      [{ ...approve, csrf: '' }, asAda],
      [approve, { ...asAda, 'sec-fetch-site': 'cross-site' }],
    ] as const) {
      expect((await post(target, '/oauth/device', form, headers)).status).toBe(403)
    }
    expect(await poll()).toMatchObject({ error: 'authorization_pending' })
    await shown.submit({}, { button: 'Allow' })
    const { access_token: token } = await poll()
    expect(await isAccepted(target, demoUrl, String(token))).toBe(true)
  })

  it('I03 exchanges a token for what the operator listed, no further, no longer, and once (RFC 8693 section 5)', async () => {
    const { target, tokens, exchange } = await exchanging(open)
    for (const form of [
      { resource: demoUrl },
      { resource: 'https://other.example/mcp' },
      { scope: 'notes:read notes:write admin' },
      { client_id: 'other' },
      { subject_token: `${tokens.accessToken}x` },
      { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
      { actor_token: tokens.accessToken, actor_token_type: accessTokenType },
    ]) {
      expect(await exchange(form)).toHaveProperty('error')
    }
    target.clock.advance(600)
    const answer = await exchange({ resource: notesUrl })
    const token = String(answer['access_token'])
    expect(answer['refresh_token']).toBeUndefined()
    expect(decodeJwt(token).exp).toBeLessThanOrEqual(decodeJwt(tokens.accessToken).exp ?? 0)
    expect(await isAccepted(target, notesUrl, token)).toBe(true)
    expect(await isAccepted(target, demoUrl, token)).toBe(false)
    const again = await exchange({ client_id: 'other', subject_token: token, resource: demoUrl })
    expect(again).toHaveProperty('error')
  })
})
