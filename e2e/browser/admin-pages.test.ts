import { readFileSync } from 'node:fs'

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { chromiumPath, launchChromium } from './chromium.ts'
import { inspect, type Look, looks, openTab, type Tab, timeout } from './looks.ts'
import { startVisitedGateway, type VisitedGateway } from './visited-gateway.ts'

const coreSource = '../../packages/core/src'
const readSource = (path: string) => readFileSync(new URL(`${coreSource}/${path}`, import.meta.url), 'utf8')

describe.skipIf(chromiumPath === undefined)('the admin pages in a browser without scripts', () => {
  let browser: Browser
  let gateway: VisitedGateway
  beforeAll(async () => {
    ;[browser, gateway] = await Promise.all([launchChromium(), startVisitedGateway()])
  }, timeout)
  afterAll(async () => {
    await Promise.all([browser?.close(), gateway?.close()])
  })

  /** By what made them: each of these is looked at. */
  const seen = new Set<string>()
  const look = async (tab: Tab, at: Look, maker: string, name: string) => {
    seen.add(maker)
    await inspect(tab, at, `admin-${name}`)
  }
  const signIn = async (page: Page, token: string) => {
    await page.fill('input[name=token]', token)
    await page.locator('main form button').click()
  }
  /** A user signs in, allows one client and connects an account. */
  const use = async (page: Page) => {
    await page.goto(await gateway.authorizationUrl('/mcp/notes'))
    await page.fill('input[name=username]', 'demo')
    await page.fill('input[type=password]', 'portico')
    await page.locator('button').first().click()
    await page.waitForURL((url) => url.origin === gateway.origin)
    await page.locator('a[href*="/auth/connections/notes/connect"]').first().click()
    await page.locator('main form button').first().click()
    await page.waitForURL(/\/oauth\/setup/)
    await page.locator('button[name=decision][value=approve]').click()
    await page.waitForURL((url) => url.href.startsWith(gateway.callbackUrl))
  }

  it.each(looks)(
    'lead an operator to users, what they allowed, and attempts: $scheme, $width, $language',
    async (at) => {
      const visitor = await openTab(browser, at)
      await use(visitor.page)
      // An attempt that nobody carries on with.
      await visitor.page.goto(await gateway.authorizationUrl('/mcp/demo'))

      const tab = await openTab(browser, at)
      const { page } = tab
      const { origin, token } = gateway.admin
      await page.goto(`${origin}/`)
      await look(tab, at, 'operatorSignInPage', 'sign-in')
      await signIn(page, 'of somebody else')
      await page.locator('#refusal').waitFor()
      await look(tab, at, 'operatorSignInPage', 'sign-in-refused')
      await signIn(page, token)
      await page.waitForURL(`${origin}/admin`)
      await look(tab, at, 'usersPage', 'users')
      await page.fill('input[name=search]', 'nobody@example.com')
      await page.locator('form[role=search] button').click()
      await page.waitForURL(/search=nobody/)
      await look(tab, at, 'usersPage', 'nobody')

      await page.goto(`${origin}/admin`)
      await page.locator('main .entries a').first().click()
      await page.waitForURL(/\/admin\/users\//)
      await look(tab, at, 'userPage', 'user')
      const user = page.url()
      await page.locator('button[name=do][value=disconnect]').click()
      await page.locator('#disconnect-notes').waitFor({ state: 'detached' })
      const outdated = await page.context().newPage()
      await outdated.goto(user)
      await page.locator('button[name=do][value=revoke]').click()
      await page.locator('form[id^=revoke-]').waitFor({ state: 'detached' })
      await look(tab, at, 'userPage', 'user-without-access')
      await outdated.locator('button[name=do][value=revoke]').click()
      await outdated.locator('main .mono').last().waitFor()
      await look({ ...tab, page: outdated }, at, 'problemResponse', 'entry-gone')
      await outdated.close()

      await page.goto(`${origin}/admin/traces`)
      await look(tab, at, 'attemptsPage', 'attempts')
      await page.locator('main .entries a').first().click()
      await page.waitForURL(/\/admin\/traces\/./)
      await look(tab, at, 'attemptPage', 'attempt')
      await page.goto(`${origin}/admin/traces?id=unknown`)
      await look(tab, at, 'attemptsPage', 'attempt-unknown')

      await page.goto(`${origin}/admin/access`)
      await look(tab, at, 'endAccessPage', 'access')
      await page.locator('main form.stack button').click()
      await page.locator('.notice').waitFor()
      await look(tab, at, 'endAccessPage', 'access-incomplete')
      await page.fill('input[name=client_id]', 'no-such-app')
      await page.check('input[name=confirmed]')
      await page.locator('main form.stack button').click()
      await page.locator('#outcome.done').waitFor()
      await look(tab, at, 'endAccessPage', 'access-ended')

      await page.locator('nav form button').click()
      await page.waitForURL(`${origin}/admin/sign-in`)
      await page.goto(user)
      expect(page.url()).toBe(`${origin}/admin/sign-in`)
    },
    timeout,
  )

  it('are all visited', () => {
    const makers = [...readSource('operator-page-content.ts').matchAll(/\b(\w+)(?:, \w+)* \} from/g)]
      .map(([, maker = '']) => maker)
      .filter((maker) => !['pageFrame', 'pageResponse'].includes(maker))
    expect(seen).toEqual(new Set(makers))
    const codes = readSource('pages/messages/operators/en.ts').match(/problem\.(\w+)\.title/g)
    expect(codes).toEqual(['problem.operators_entry_gone.title'])
  })
})
