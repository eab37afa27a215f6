import { createClock, createScriptedIdp } from '@portico/test-peers'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it } from 'vitest'

import { describeAttacks, type Open } from './describe-attacks.ts'
import { demoUrl, idpIssuer, publicUrl, type Target } from './target.ts'
import { codeFor, jsonOf, redeem, tokensOf } from './token-requests.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What the token endpoint says to a form. */
async function answerTo(target: Target, form: Readonly<Record<string, string>>) {
  const response = await target.request('/oauth/token', { method: 'POST', body: new URLSearchParams(form) })
  return { status: response.status, ...(await jsonOf(response)) } as { status: number; error?: string }
}

/** A machine that proves itself by its own key. */
async function machine() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const client = {
    clientId: 'machine',
    name: 'Machine',
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] },
    grantTypes: ['client_credentials' as const],
    resources: ['/mcp/demo'],
  }
  const assert = (target: Target, claims: Readonly<Record<string, unknown>> = {}, key = privateKey) => {
    const now = target.clock.seconds()
    return new SignJWT({
      iss: 'machine',
      sub: 'machine',
      aud: publicUrl,
      jti: crypto.randomUUID(),
      iat: now,
      exp: now + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(key)
  }
  return { client, assert }
}

const credentials = (assertion: string): Record<string, string> => ({
  grant_type: 'client_credentials',
  resource: demoUrl,
  client_assertion_type: assertionType,
  client_assertion: assertion,
})

/** A gateway that takes assertions of its IdP for one client of the operator (ID-JAG). */
async function managed(open: Open) {
  const agent = {
    clientId: 'agent',
    name: 'Agent',
    clientSecret: '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa',
    authMethod: 'client_secret_post' as const,
    grantTypes: [],
  }
  const trust = { provider: 'scripted', clients: ['agent'], newUsers: 'create' as const }
  const target = await open({ gateway: { clients: [agent], identityAssertions: [trust] } })
  const present = async (
    claims: Readonly<Record<string, unknown>> = {},
    typ = 'oauth-id-jag+jwt',
    node = target,
  ) => {
    const now = target.clock.seconds()
    const assertion = await target.idp.sign(
      {
        iss: idpIssuer,
        sub: 'ada',
        aud: publicUrl,
        client_id: 'agent',
        resource: demoUrl,
        scope: 'mcp:tools',
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 300,
        ...claims,
      },
      { typ },
    )
    return answerTo(node, {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      client_id: 'agent',
      client_secret: agent.clientSecret,
      assertion,
    })
  }
  return { target, present }
}

describeAttacks('I. ID-JAG, token exchange, machine clients', (open) => {
  it.each([
    ['urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion: 'e30.e30.x' }],
    ['urn:ietf:params:oauth:grant-type:token-exchange', { subject_token: 'x' }],
    ['urn:ietf:params:oauth:grant-type:device_code', { device_code: 'x' }],
  ])('I01 I03 I05 understands %s nowhere that the operator did not switch it on', async (grantType, form) => {
    const target = await open()
    const clientId = await target.newClient()
    const answer = await answerTo(target, { grant_type: grantType, client_id: clientId, ...form })
    expect([answer.status, answer.error]).toEqual([400, 'unsupported_grant_type'])
    const metadata = await jsonOf(await target.request('/.well-known/oauth-authorization-server'))
    expect(metadata['grant_types_supported']).toEqual(['authorization_code', 'refresh_token'])
    for (const name of ['device_authorization_endpoint', 'introspection_endpoint']) {
      expect(metadata[name]).toBeUndefined()
    }
  })

  it.each<[string, Readonly<Record<string, unknown>>, string?]>([
    ['of another type', {}, 'JWT'],
    ['of an unknown issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'https://other.example' }],
    ['for several audiences', { aud: [publicUrl, 'https://other.example'] }],
    ['of another client', { client_id: 'other' }],
    ['for another resource', { resource: 'https://other.example/mcp' }],
    ['that has expired', { exp: 1_799_999_000 }],
    ['of the future', { iat: 1_800_001_000, exp: 1_800_001_300 }],
    ['that lives too long', { exp: 1_800_090_000 }],
    ['without a jti', { jti: undefined }],
    ['with rights nobody understands', { authorization_details: [{ type: 'payment' }] }],
  ])('I01 takes no assertion of a user %s (workers-oauth-provider 273, 303)', async (_, claims, typ) => {
    const { target, present } = await managed(open)
    expect((await present(claims, typ)).status).toBe(400)
    expect((await present()).status).toBe(200)
    expect(target.events.filter(({ name }) => name === 'token.issued')).toHaveLength(1)
  })

  it('I01 takes an assertion of a user once, on all nodes (workers-oauth-provider 303)', async () => {
    const { target, present } = await managed(open)
    const claims = { jti: 'once' }
    expect((await present(claims)).status).toBe(200)
    expect((await present(claims)).status).toBe(400)
    expect((await present(claims, undefined, await target.otherNode())).status).toBe(400)
  })

  it('I02 keeps the users of two issuers apart, who have the same subject and the same address (nOAuth)', async () => {
    const otherIssuer = 'https://idp-two.example'
    const two = createScriptedIdp({ issuer: otherIssuer, clock: createClock(1_800_000_000_000) })
    const provider = (providerId: string, issuer: string) => ({
      providerId,
      issuer,
      displayName: providerId,
      clientId: 'client',
      clientSecret: 'secret',
    })
    const target = await open({
      providers: [provider('one', idpIssuer), provider('two', otherIssuer)],
      others: { [otherIssuer]: two.fetch },
    })
    const ada = { sub: 'ada', name: 'Ada', email: 'ada@example.com', email_verified: true }
    target.idp.signInAs(ada)
    two.signInAs(ada)
    const subjectAt = async (idp: string) => {
      target.browser.clearCookies()
      const issued = await codeFor(target, undefined, { overrides: { idp } })
      return decodeJwt((await tokensOf(await redeem(target, issued))).accessToken).sub
    }
    const [first, second] = [await subjectAt('one'), await subjectAt('two')]
    expect(first).not.toBe(second)
    expect(await subjectAt('one')).toBe(first)
  })

  it.each<[string, (target: Target) => Readonly<Record<string, unknown>>]>([
    ['for another audience', () => ({ aud: 'https://other.example' })],
    ['for the IdP', () => ({ aud: idpIssuer })],
    ['without an audience', () => ({ aud: undefined })],
    ['of another issuer', () => ({ iss: 'other' })],
    ['about another client', () => ({ sub: 'other' })],
    ['that has expired', (target) => ({ exp: target.clock.seconds() - 120 })],
    ['that never expires', () => ({ exp: undefined })],
    ['that lives for a year', (target) => ({ exp: target.clock.seconds() + 31_536_000 })],
    ['of the future', (target) => ({ nbf: target.clock.seconds() + 600 })],
    ['without a jti', () => ({ jti: undefined })],
  ])('I04 takes no client assertion %s (RFC 7523 section 3)', async (_, claims) => {
    const { client, assert } = await machine()
    const target = await open({ gateway: { clients: [client] } })
    const refused = await answerTo(target, credentials(await assert(target, claims(target))))
    expect([refused.status, refused.error]).toEqual([401, 'invalid_client'])
    expect((await answerTo(target, credentials(await assert(target)))).status).toBe(200)
  })

  it('I04 takes an assertion once on all nodes, under the registered key, and none while the storage is away', async () => {
    const { client, assert } = await machine()
    let isAway = false
    const target = await open({ gateway: { clients: [client] }, isAway: () => isAway })
    const other = await target.otherNode()
    const assertion = await assert(target)
    const answers = await Promise.all(
      [target, other, target, other].map((node) => answerTo(node, credentials(assertion))),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
    const stranger = await machine()
    const forged = await answerTo(target, credentials(await stranger.assert(target)))
    expect(forged.error).toBe('invalid_client')
    const fresh = await assert(target)
    isAway = true
    expect((await answerTo(target, credentials(fresh))).status).toBe(503)
    isAway = false
    expect((await answerTo(target, credentials(fresh))).status).toBe(200)
  })

  it('I03 gives a machine what its operator listed, and no user of it (RFC 6749 section 4.4)', async () => {
    const { client, assert } = await machine()
    const target = await open({ gateway: { clients: [client] } })
    const elsewhere = { ...credentials(await assert(target)), resource: `${publicUrl}/mcp/notes` }
    expect((await answerTo(target, elsewhere)).error).toBe('invalid_target')
    const answer = await target.request('/oauth/token', {
      method: 'POST',
      body: new URLSearchParams(credentials(await assert(target))),
    })
    const body = await jsonOf(answer)
    expect(body['refresh_token']).toBeUndefined()
    expect(decodeJwt(String(body['access_token'])).sub).toContain('machine')
  })
})
