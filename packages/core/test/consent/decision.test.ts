import { memoryStorage } from '@portico/storage'
import type { Page } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { records } from '../../src/records.ts'
import { interruptedStorage } from '../interrupted-storage.ts'
import { demoUrl, hostedUri, notesUrl, signInFlow, type Flow, type FlowOptions } from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

const setupUrl = `${publicUrl}/oauth/setup`

async function consentPage(options: FlowOptions = {}) {
  const flow = signInFlow(options)
  const request = await flow.request()
  return { flow, request, page: await flow.browser.open(request.url) }
}

/** The fields that the button `Allow` sends. */
function fieldsOf(page: Page): Record<string, string> {
  const fields = page.forms.at(-1)?.fields ?? []
  return {
    ...Object.fromEntries(fields.map(({ name, value }) => [name, value ?? ''])),
    decision: 'approve',
  }
}

const cookiesOf = (flow: Flow, browser = flow.browser): string =>
  browser
    .cookies(publicUrl)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

function post(
  flow: Flow,
  fields: Record<string, string>,
  headers: Record<string, string>,
): Promise<Response> {
  const init = { method: 'POST', body: new URLSearchParams(fields), headers }
  return Promise.resolve(flow.server.fetch(new Request(setupUrl, init)))
}

const codeOf = (response: Response): string | null =>
  new URL(response.headers.get('location') ?? 'none:').searchParams.get('code')

describe('SEC-05 approving', () => {
  it('yields one code however often the form is posted', async () => {
    const { page } = await consentPage()
    const codes = []
    for (let count = 0; count < 3; count += 1) {
      codes.push((await page.submit({}, { button: 'Allow' })).parameters.get('code'))
    }
    expect(codes[0]).toMatch(/^[\w-]{43}$/)
    expect(new Set(codes).size).toBe(1)
  })

  it('yields one code for forms posted at the same moment, and one grant', async () => {
    const { flow, page } = await consentPage()
    const headers = { cookie: cookiesOf(flow), 'sec-fetch-site': 'same-origin' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(flow, fieldsOf(page), headers)))
    const codes = answers.map(codeOf)
    expect(codes[0]).toMatch(/^[\w-]{43}$/)
    expect(new Set(codes).size).toBe(1)
  })

  it('leaves one code in the storage, whoever was first', async () => {
    const codes = new Set<string>()
    const { flow, page } = await consentPage({
      storage: (clock) => {
        const storage = memoryStorage({ now: clock.seconds })
        return {
          ...storage,
          set: (key, entry, when) => {
            if (key[0] === 'code') codes.add(key[1])
            return storage.set(key, entry, when)
          },
        }
      },
    })
    const headers = { cookie: cookiesOf(flow), 'sec-fetch-site': 'same-origin' }
    await Promise.all(Array.from({ length: 5 }, () => post(flow, fieldsOf(page), headers)))
    const { storage } = flow.server.context
    const left = await Promise.all([...codes].map((id) => storage.get(['code', id])))
    expect(codes.size).toBeGreaterThan(1)
    expect(left.filter((code) => code !== undefined)).toHaveLength(1)
  })

  it('stands: neither cancelling afterwards nor looking again changes it', async () => {
    const { flow, page } = await consentPage()
    const code = (await page.submit({}, { button: 'Allow' })).parameters.get('code')
    const cancelled = await page.submit({}, { button: 'Cancel' })
    expect(cancelled.parameters.get('code')).toBe(code)
    const again = await flow.browser.open(page.url)
    expect(again.stopped).toBe(false)
    expect(again.text).toContain('Access allowed')
    expect(again.links[0]?.href).toContain(`code=${code}`)
  })

  it('is impossible after cancelling', async () => {
    const { page } = await consentPage()
    await page.submit({}, { button: 'Cancel' })
    const approved = await page.submit({}, { button: 'Allow' })
    expect(approved.parameters.get('error')).toBe('access_denied')
    expect(approved.parameters.has('code')).toBe(false)
  })
})

describe('AS-82 approving while an operator ends the access of the user', () => {
  it.each(['grant', 'code', 'consent'])(
    'leaves nothing behind when that of the client alone ends right before the %s is written',
    async (kind) => {
      const { storage, interrupt } = interruptedStorage(kind)
      const server = { rememberConsentSeconds: 3600 }
      const { flow, request, page } = await consentPage({ storage, server, redirectUri: hostedUri })
      const subject = flow.events.findLast((event) => event.subject !== undefined)?.subject ?? ''
      const clientId = new URL(request.url).searchParams.get('client_id') ?? ''
      interrupt(() => flow.server.revokeAccess({ subject, clientId }))

      const refused = await page.submit({ remember: true }, { button: 'Allow' })
      expect(refused.status).toBe(403)
      expect(refused.text).toContain('This form is out of date')
      const consents = await flow.server.context.storage.list(`consents:${subject}`)
      expect(JSON.stringify(consents)).not.toContain('rememberedUntil')
      // Still signed in: who wants to, allows it now.
      const again = await (await flow.browser.open(page.url)).submit({}, { button: 'Allow' })
      expect(again.parameters.has('code')).toBe(true)
    },
  )

  it('leaves nothing behind when an earlier grant of the client ends beside it', async () => {
    const { storage, interrupt } = interruptedStorage('grant')
    const flow = signInFlow({ storage })
    const clientId = await flow.register()
    const request = await flow.request({}, { clientId })
    const allowed = await (await flow.browser.open(request.url)).submit({}, { button: 'Allow' })
    const metadata = await flow.client.authorizationServer(demoUrl)
    const code = allowed.parameters.get('code') ?? ''
    await flow.client.steps.redeem(metadata, { clientId, authMethod: 'none' }, request, code)
    const subject = flow.events.findLast((event) => event.subject !== undefined)?.subject ?? ''
    const [grant] = await flow.server.listGrants(subject)
    const page = await flow.browser.open((await flow.request({}, { clientId })).url)
    interrupt(() => flow.server.withdrawGrant(subject, grant?.id ?? '', 'operator'))

    expect((await page.submit({}, { button: 'Allow' })).status).toBe(403)
    expect(await flow.server.context.storage.list(`subject:${subject}`)).toEqual([])
  })

  it('takes it for no end that an earlier one is forgotten meanwhile', async () => {
    const { storage, interrupt } = interruptedStorage('grant')
    const { flow, page } = await consentPage({ storage, redirectUri: hostedUri })
    const subject = flow.events.findLast((event) => event.subject !== undefined)?.subject ?? ''
    await flow.server.revokeAccess({ subject, clientId: 'another' })
    interrupt(() => records(flow.server.context.storage, 'access-end').delete(subject))
    expect((await page.submit({}, { button: 'Allow' })).parameters.has('code')).toBe(true)
  })

  it('gives no code for a consent that is remembered when that of the client ends beside it', async () => {
    const { storage, interrupt } = interruptedStorage('grant')
    const flow = signInFlow({ storage, server: { rememberConsentSeconds: 3600 }, redirectUri: hostedUri })
    const clientId = await flow.register()
    const open = async () => flow.browser.open((await flow.request({}, { clientId })).url)
    await (await open()).submit({ remember: true }, { button: 'Allow' })
    const subject = flow.events.findLast((event) => event.subject !== undefined)?.subject ?? ''
    expect((await open()).parameters.has('code')).toBe(true)

    interrupt(() => flow.server.revokeAccess({ subject, clientId }))
    const refused = await open()
    expect(refused.status).toBe(403)
    expect((await open()).text).toContain('wants to use Demo')
  })

  it.each(['grant', 'code', 'consent'])(
    'leaves nothing behind when the %s is written after that end',
    async (kind) => {
      const { storage, interrupt } = interruptedStorage(kind)
      const server = { rememberConsentSeconds: 3600 }
      const { flow, page } = await consentPage({ storage, server, redirectUri: hostedUri })
      const subject = flow.events.findLast((event) => event.subject !== undefined)?.subject ?? ''
      interrupt(() => flow.server.revokeAccess({ subject }))

      const refused = await page.submit({ remember: true }, { button: 'Allow' })
      expect(refused.status).toBe(403)
      expect(refused.text).toContain('This form is out of date')
      expect(await flow.server.listGrants(subject)).toEqual([])
      const consents = await flow.server.context.storage.list(`consents:${subject}`)
      expect(consents).toHaveLength(1)
      expect(JSON.stringify(consents)).not.toContain('rememberedUntil')
    },
  )
})

describe('SEC-04 COMPAT-18 a page that is loaded twice', () => {
  it('has two forms that both work', async () => {
    const { flow, page } = await consentPage()
    const second = await flow.browser.open(page.url)
    expect(fieldsOf(second)).toEqual(fieldsOf(page))
    const callback = await page.submit({}, { button: 'Allow' })
    expect(callback.parameters.has('code')).toBe(true)
  })
})

describe('SEC-03 E04 a form that did not come from the page of this user', () => {
  it('is refused when another site posts it from the very browser', async () => {
    const { flow, page } = await consentPage()
    const forged = await flow.browser.post(setupUrl, fieldsOf(page), { from: 'https://evil.example/' })
    expect(forged.status).toBe(403)
    expect(forged.stopped).toBe(false)
    expect(forged.text).toContain('Another website tried to send a form here')
  })

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'https://mcp.example.com.evil.example' }, 403],
    [{ origin: 'http://mcp.example.com' }, 403],
    // With Referrer-Policy: no-referrer, browsers send this from our own page.
    [{ origin: 'null', 'sec-fetch-site': 'same-origin' }, 303],
    [{ origin: publicUrl }, 303],
    [{}, 303],
  ])('is told by its headers: %j', async (headers, status) => {
    const { flow, page } = await consentPage()
    const response = await post(flow, fieldsOf(page), { cookie: cookiesOf(flow), ...headers })
    expect(response.status).toBe(status)
    expect(codeOf(response) === null).toBe(status !== 303)
  })

  it.each<[string, (fields: Record<string, string>) => Record<string, string>]>([
    ['has no token', ({ csrf: _none, ...fields }) => fields],
    ['has an empty token', (fields) => ({ ...fields, csrf: '' })],
    ['has an altered token', (fields) => ({ ...fields, csrf: `${fields['csrf']?.slice(0, -1)}_` })],
  ])('is refused when it %s', async (_, change) => {
    const { flow, page } = await consentPage()
    const response = await post(flow, change(fieldsOf(page)), { cookie: cookiesOf(flow) })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('This form is out of date')
  })

  it("is refused with the token of the attacker's own attempt, even beside the victim's attempt", async () => {
    const { flow, page } = await consentPage()
    const attacker = flow.otherBrowser()
    flow.idp.signInAs({ sub: 'eve', name: 'Eve' })
    const hers = await attacker.open((await flow.request()).url)
    expect(hers.text).toContain('Eve')
    const victim = { cookie: cookiesOf(flow) }

    const whole = await post(flow, fieldsOf(hers), victim)
    expect(whole.status).toBe(400)
    const mixed = await post(flow, { ...fieldsOf(page), csrf: fieldsOf(hers)['csrf'] ?? '' }, victim)
    expect(mixed.status).toBe(403)
    const otherAttempt = { ...fieldsOf(page), transaction: fieldsOf(hers)['transaction'] ?? '' }
    expect((await post(flow, otherAttempt, victim)).status).toBe(400)
  })

  it('is refused when somebody else has signed in since, and names the way on', async () => {
    const { flow, page } = await consentPage()
    flow.idp.signInAs({ sub: 'bob', name: 'Bob' })
    await flow.browser.open((await flow.request({ prompt: 'select_account' })).url)
    const refused = await page.submit({}, { button: 'Allow' })
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('You signed in again, or as somebody else')
    const again = await refused.follow('Try again')
    expect(again.text).toContain('Signed in as Bob')
  })

  it('is refused without the session: the token alone approves nothing', async () => {
    const { flow, page } = await consentPage()
    const attempt = flow.browser.cookies(publicUrl).filter(({ name }) => name.includes('attempt'))
    const cookie = attempt.map(({ name, value }) => `${name}=${value}`).join('; ')
    const response = await post(flow, fieldsOf(page), { cookie })
    expect(response.status).toBe(403)
  })

  it('IDP-03 E02 SEC-09 is refused in another browser: the URL of an attempt is worth nothing', async () => {
    const { flow, page } = await consentPage()
    const victim = flow.otherBrowser()
    await victim.open((await flow.request()).url)
    expect((await victim.open(page.url)).text).toContain('This page does not belong to this browser')
    const response = await post(flow, fieldsOf(page), { cookie: cookiesOf(flow, victim) })
    expect(response.status).toBe(400)
  })

  it('E04 cannot name another client, place, resource or scope: only what was shown counts', async () => {
    const { flow, page, request } = await consentPage()
    const fields = {
      ...fieldsOf(page),
      client_id: 'evil',
      redirect_uri: hostedUri,
      resource: notesUrl,
      scope: 'notes:write',
    }
    const response = await post(flow, fields, { cookie: cookiesOf(flow) })
    expect(response.headers.get('location')).toContain(`${request.redirectUri}?code=`)
    const approved = flow.events.find(({ name }) => name === 'consent.approved')
    expect(approved).toMatchObject({ resource: request.resource, detail: { scope: 'mcp:tools' } })
  })

  it('is refused when it is no form, or an unknown decision moves nothing', async () => {
    const { flow, page } = await consentPage()
    const init = {
      method: 'POST',
      body: '{}',
      headers: { cookie: cookiesOf(flow), 'content-type': 'application/json' },
    }
    const json = await flow.server.fetch(new Request(setupUrl, init))
    expect(json.status).toBe(400)
    const unknown = await post(flow, { ...fieldsOf(page), decision: 'whatever' }, { cookie: cookiesOf(flow) })
    expect(codeOf(unknown)).toBeNull()
  })

  it('is refused without an attempt, and for one that never was', async () => {
    const flow = signInFlow()
    for (const transaction of ['', 'unknown']) {
      expect((await post(flow, { transaction, decision: 'approve' }, {})).status).toBe(400)
    }
    expect((await flow.browser.open(setupUrl)).text).toContain('This page has expired')
  })
})

describe('IDP-01 E01 nothing is issued without a click', () => {
  it('by looking at any page, in any order', async () => {
    const { flow, page } = await consentPage()
    await flow.browser.open(page.url)
    await flow.browser.open(`${page.url}&decision=approve`)
    expect(flow.events.map(({ name }) => name)).not.toContain('consent.approved')
    const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    expect(await flow.server.context.storage.list(`subject:${subject}`)).toEqual([])
  })
})
