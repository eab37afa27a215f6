import { readFileSync } from 'node:fs'

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { chromiumPath, launchChromium } from './chromium.ts'
import { inspect, looks, openTab, timeout } from './looks.ts'
import { startVisitedGateway, type VisitedGateway } from './visited-gateway.ts'

const englishMessages = '../../packages/core/src/pages/messages/en.ts'

describe.skipIf(chromiumPath === undefined)(
  'the pages in a browser without scripts and third-party cookies',
  () => {
    let browser: Browser
    let gateway: VisitedGateway
    beforeAll(async () => {
      ;[browser, gateway] = await Promise.all([launchChromium(), startVisitedGateway()])
    }, timeout)
    afterAll(async () => {
      await Promise.all([browser?.close(), gateway?.close()])
    })

    async function signIn(page: Page, user = 'demo'): Promise<void> {
      await page.fill('input[name=username]', user)
      await page.fill('input[type=password]', 'portico')
      await page.locator('button').first().click()
      await page.waitForURL((url) => url.origin === gateway.origin)
    }
    const press = (page: Page, value: string) => page.locator(`button[name=decision][value=${value}]`).click()
    const act = (page: Page, action: string) =>
      page.locator(`button[name=do][value=${action}]`).first().click()

    describe.each(looks)('$scheme, $width, $language', (look) => {
      it(
        'lead through sign-in, consent, connecting, reconnecting, disconnecting, revoking and signing out',
        async () => {
          const tab = await openTab(browser, look)
          const { page } = tab
          await page.goto(await gateway.authorizationUrl('/mcp/demo'))
          await signIn(page)
          await inspect(tab, look, 'consent')
          await press(page, 'approve')
          await page.waitForURL((url) => url.href.startsWith(gateway.callbackUrl))
          expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()

          await page.goto(await gateway.authorizationUrl('/mcp/notes'))
          await inspect(tab, look, 'consent-connect')
          await page.locator('a[href*="/auth/connections/notes/connect"]').first().click()
          await inspect(tab, look, 'connect')
          await page.locator('main form button').first().click()
          await page.waitForURL(/\/oauth\/setup/)
          await press(page, 'approve')
          await page.waitForURL((url) => url.href.startsWith(gateway.callbackUrl))

          const account = `${gateway.origin}/account`
          await page.goto(account)
          await inspect(tab, look, 'account')
          expect(await page.locator('button[name=do][value=revoke]').count()).toBe(2)
          await page.locator('a[href*="/auth/connections/notes/connect"]').click()
          await page.locator('main form button').first().click()
          await page.waitForURL(account)
          await act(page, 'disconnect')
          await page.waitForURL(account)
          expect(await page.locator('button[name=do][value=disconnect]').count()).toBe(0)
          await act(page, 'revoke')
          await act(page, 'revoke')
          await page.waitForURL(account)
          expect(await page.locator('button[name=do][value=revoke]').count()).toBe(0)
          await inspect(tab, look, 'account-empty')

          await page.goto(`${gateway.origin}/auth/connections/notes/connect`)
          await page.locator('main form button').first().click()
          await page.waitForLoadState()
          await inspect(tab, look, 'connected')
          // The next look begins where this one did.
          await page.goto(account)
          await act(page, 'disconnect')
          await page.waitForURL(account)

          await page.goto(`${gateway.origin}/oauth/device`)
          await inspect(tab, look, 'device')
          await page.goto(await gateway.deviceUrl('/mcp/demo'))
          await inspect(tab, look, 'device-consent')
          await press(page, 'approve')
          await page.waitForLoadState()
          await inspect(tab, look, 'device-done')

          await page.goto(`${gateway.origin}/oauth/logout`)
          await inspect(tab, look, 'sign-out')
          await page.goto(await gateway.authorizationUrl('/mcp/any'))
          await inspect(tab, look, 'chooser')
        },
        timeout,
      )
    })

    /** A way to each error page, by its code. */
    const errorPages: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
      invalid_request: (page) => page.goto(`${gateway.origin}/oauth/authorize`),
      unknown_client: (page) => page.goto(`${gateway.origin}/oauth/authorize?client_id=nobody`),
      client_unavailable: (page) =>
        page.goto(`${gateway.origin}/oauth/authorize?client_id=https%3A%2F%2F127.0.0.1%3A9%2Fclient`),
      redirect_uri_not_registered: async (page) => {
        const url = new URL(await gateway.authorizationUrl('/mcp/demo'))
        url.searchParams.set('redirect_uri', 'https://elsewhere.example/callback')
        await page.goto(url.href)
      },
      unknown_resource: (page) => page.goto(`${gateway.origin}/oauth/authorize/mcp/none?client_id=nobody`),
      attempt_expired: (page) => page.goto(`${gateway.origin}/oauth/setup`),
      other_browser: (page) => page.goto(`${gateway.origin}/oauth/setup?transaction=of-somebody-else`),
      login_finished: (page) => page.goto(`${gateway.origin}/oauth/callback/logto?state=used&code=used`),
      provider_answer_invalid: (page) => page.goto(`${gateway.origin}/oauth/callback/logto`),
      form_outdated: async (page) => {
        await page.goto(await gateway.authorizationUrl('/mcp/demo'))
        await signIn(page)
        await page.evaluate(
          "for (const field of document.querySelectorAll('input[name=csrf]')) field.setAttribute('value', 'of another form')",
        )
        await press(page, 'approve')
      },
      cross_site_form: async (page) => {
        await page.goto(`${gateway.callbackUrl}?page`)
        await page.setContent(
          `<form method="post" action="${gateway.origin}/oauth/setup"><button>Go</button></form>`,
        )
        await page.locator('button').click()
      },
      provider_unavailable: (page) => comeBackWith(page, { error: 'temporarily_unavailable' }),
      client_error: async (page) => {
        const url = new URL(await gateway.authorizationUrl('/mcp/demo'))
        url.searchParams.set('code_challenge_method', 'plain')
        url.searchParams.set('response_mode', 'form_post')
        await page.goto(url.href)
      },
      too_many_requests: async (page) => {
        await page.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.9' })
        await page.goto(`${gateway.origin}/oauth/device`)
        await page.goto(`${gateway.origin}/oauth/device`)
      },
      sign_in_denied: (page) => comeBackWith(page, { error: 'access_denied' }),
      sign_in_failed: (page) => comeBackWith(page, { code: 'nobody-issued-it' }),
      account_not_allowed: async (page) => {
        await page.goto(`${gateway.origin}/oauth/login?return_to=%2Faccount&provider=oidc`)
        await signIn(page)
      },
      temporarily_unavailable: async (page) => {
        gateway.breakStorage('unavailable')
        await page.goto(await brokenUrl())
      },
      server_error: async (page) => {
        gateway.breakStorage('broken')
        await page.goto(await brokenUrl())
      },
      method_not_allowed: async (page) => {
        await page.route('**/oauth/login', (route) => route.continue({ method: 'PUT' }))
        await page.goto(`${gateway.origin}/oauth/login`)
      },
      connect_other_user: async (page) => {
        await page.goto(`${gateway.origin}/auth/connections/notes/connect?ticket=of-somebody-else`)
        await signInWithLogto(page)
      },
      connect_admin_only: async (page) => {
        await page.goto(`${gateway.origin}/auth/connections/team/connect`)
        await signInWithLogto(page)
      },
      connect_failed: async (page) => {
        await page.goto(`${gateway.origin}/auth/connections/gone/connect`)
        await signInWithLogto(page)
        await page.locator('main form button').first().click()
      },
      connect_expired: (page) =>
        page.goto(`${gateway.origin}/auth/connections/notes/callback?state=x&code=y`),
      account_entry_gone: async (page) => {
        await page.goto(await gateway.authorizationUrl('/mcp/demo'))
        await signIn(page)
        await press(page, 'approve')
        await page.waitForURL((url) => url.href.startsWith(gateway.callbackUrl))
        await page.goto(`${gateway.origin}/account`)
        const other = await page.context().newPage()
        await other.goto(`${gateway.origin}/account`)
        await act(other, 'revoke')
        await act(page, 'revoke')
      },
    }
    /** The browser comes back from the identity provider with an answer of our choice. */
    const comeBackWith = async (page: Page, answer: Readonly<Record<string, string>>) => {
      const login = `${gateway.origin}/oauth/login?return_to=%2Faccount&provider=logto`
      const sent = await page.context().request.get(login, { maxRedirects: 0 })
      const asked = new URL(sent.headers()['location'] ?? '')
      const back = new URL(asked.searchParams.get('redirect_uri') ?? '')
      const state = asked.searchParams.get('state') ?? ''
      back.search = new URLSearchParams({ ...answer, state, iss: `${asked.origin}/oidc` }).toString()
      await page.goto(back.href)
    }
    const brokenUrl = () => Promise.resolve(`${gateway.origin}/oauth/authorize?client_id=anybody`)
    const signInWithLogto = async (page: Page) => {
      await page.locator('button[name=provider][value=logto]').click()
      await signIn(page)
    }

    // One page in one look, in turn: all of them are made of the same parts.
    const visits = Object.entries(errorPages).map(([code, visit], index) => ({
      code,
      visit,
      look: looks[index % looks.length] ?? looks[0],
    }))

    it('are all visited', () => {
      const messages = readFileSync(new URL(englishMessages, import.meta.url), 'utf8')
      const codes = [...messages.matchAll(/'problem\.(\w+)\.title'/g)].map(([, code]) => code)
      expect(new Set(codes)).toEqual(new Set(Object.keys(errorPages)))
    })

    it.each(visits)(
      'say what happened, why and what to do: $code',
      async ({ code, visit, look }) => {
        const tab = await openTab(browser, look)
        const { page } = tab
        try {
          await visit(page)
        } finally {
          gateway.breakStorage(undefined)
        }
        await page.waitForLoadState()
        expect(await page.locator('main section').count(), await page.content()).toBeGreaterThanOrEqual(3)
        expect(await page.locator('main .mono').last().textContent()).toMatch(/^[\w-]{6,}$/)
        await inspect(tab, look, `error-${code}`)
      },
      timeout,
    )
  },
)
