import { describe, expect, it } from 'vitest'

import { createClock, createScriptedBrowser, type Fetch, routeByOrigin } from '../src/index.ts'

const gateway = 'https://gateway.example'
const other = 'https://idp.test'

const html = (body: string, headers: Record<string, string> = {}): Response =>
  new Response(`<!doctype html><title>A page</title><body>${body}`, {
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  })

const redirect = (location: string, status = 303, cookies: readonly string[] = []): Response => {
  const headers = new Headers({ location })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status, headers })
}

const cookieOf = (request: Request): string => request.headers.get('cookie') ?? ''

function browse(handlers: Record<string, Fetch>, stopAt: readonly string[] = []) {
  const clock = createClock()
  return { clock, browser: createScriptedBrowser({ fetch: routeByOrigin(handlers), stopAt, clock }) }
}

describe('redirects', () => {
  it('follows them, records every hop, and stops before the redirect URI', async () => {
    const { browser } = browse(
      {
        [gateway]: (request) => (request.url.endsWith('/a') ? redirect(`${other}/b`, 302) : redirect('/a')),
        [other]: () => redirect('http://127.0.0.1:33418/callback?code=c&state=s'),
      },
      ['http://127.0.0.1:33418/callback'],
    )
    const page = await browser.open(`${gateway}/`)
    expect(page.stopped).toBe(true)
    expect(page.parameters.get('code')).toBe('c')
    expect(page.hops.map(({ status, url }) => [status, url])).toEqual([
      [303, `${gateway}/`],
      [302, `${gateway}/a`],
      [303, `${other}/b`],
    ])
  })

  it('stops at the scheme of another program', async () => {
    const { browser } = browse({
      [gateway]: () => redirect('cursor://anysphere.cursor-mcp/oauth/callback?code=c'),
    })
    const page = await browser.open(gateway)
    expect([page.stopped, page.parameters.get('code')]).toEqual([true, 'c'])
  })

  it.each([
    [303, 'GET', ''],
    [302, 'GET', ''],
    [307, 'POST', 'a=1'],
    [308, 'POST', 'a=1'],
  ])('status %d turns a POST into %s', async (status, method, body) => {
    const seen: string[][] = []
    const { browser } = browse({
      [gateway]: async (request) => {
        if (request.url.endsWith('/form'))
          return html('<form method=post action=/go><input name=a value=1><button>Go</button></form>')
        if (request.url.endsWith('/go')) return redirect('/end', status)
        seen.push([request.method, await request.text()])
        return html('end')
      },
    })
    await (await browser.open(`${gateway}/form`)).submit()
    expect(seen).toEqual([[method, body]])
  })

  it('gives up after twenty', async () => {
    const { browser } = browse({ [gateway]: () => redirect('/') })
    await expect(browser.open(gateway)).rejects.toThrow('Too many redirects')
  })

  it('follows the refresh of a page', async () => {
    const { browser } = browse({
      [gateway]: (request) =>
        request.url.endsWith('/next')
          ? html('arrived')
          : html('<meta http-equiv="refresh" content="0; url=/next">'),
    })
    expect((await browser.open(gateway)).text).toBe('arrived')
  })

  it('says which origins the test serves when another one is asked for', async () => {
    const { browser } = browse({ [gateway]: () => redirect(`${other}/`) })
    await expect(browser.open(gateway)).rejects.toThrow(`Nothing serves ${other}`)
  })
})

describe('cookies', () => {
  const echo: Fetch = (request) => {
    const url = new URL(request.url)
    if (url.pathname !== '/set') return html(cookieOf(request))
    const headers = new Headers()
    for (const cookie of url.searchParams.getAll('cookie')) headers.append('set-cookie', cookie)
    return new Response('set', { headers })
  }
  const set = (origin: string, ...cookies: string[]): string =>
    `${origin}/set?${new URLSearchParams(cookies.map((cookie) => ['cookie', cookie]))}`

  it('keeps a __Host- cookie that is Secure, has Path=/ and no Domain, and drops one that differs', async () => {
    const { browser } = browse({ [gateway]: echo })
    await browser.open(
      set(gateway, '__Host-a=1; Secure; Path=/', '__Host-b=1; Path=/', '__Host-c=1; Secure; Path=/x'),
    )
    expect(browser.cookies(gateway)).toEqual([{ name: '__Host-a', value: '1' }])
    expect(browser.refusedCookies.map(({ header }) => header)).toEqual([
      '__Host-b=1; Path=/',
      '__Host-c=1; Secure; Path=/x',
    ])
  })

  it('sends Secure cookies to https and to loopback, not to plain http elsewhere', async () => {
    const { browser } = browse({ 'http://127.0.0.1:9000': echo, 'http://plain.example': echo })
    await browser.open(set('http://127.0.0.1:9000', '__Host-a=1; Secure; Path=/'))
    await browser.open(set('http://plain.example', 'a=1; Secure'))
    expect(browser.cookies('http://127.0.0.1:9000/')).toHaveLength(1)
    expect(browser.refusedCookies).toHaveLength(1)
  })

  it('shares cookies between the ports of a host, as browsers do', async () => {
    const { browser } = browse({ 'http://127.0.0.1:9000': echo })
    await browser.open(set('http://127.0.0.1:9000', 'a=1'))
    expect(browser.cookies('http://127.0.0.1:9001/')).toHaveLength(1)
    expect(browser.cookies('http://localhost:9000/')).toHaveLength(0)
  })

  it('honours Path', async () => {
    const { browser } = browse({ [gateway]: echo })
    await browser.open(set(gateway, 'a=1; Path=/oauth'))
    expect(browser.cookies(`${gateway}/oauth/callback`)).toHaveLength(1)
    expect(browser.cookies(`${gateway}/oauthx`)).toHaveLength(0)
  })

  it.each(['Max-Age=60', `Expires=${new Date(Date.UTC(2026, 0, 1, 0, 1)).toUTCString()}`])(
    'forgets a cookie when its %s has passed on the clock of the test',
    async (lifetime) => {
      const { browser, clock } = browse({ [gateway]: echo })
      await browser.open(set(gateway, `a=1; ${lifetime}`))
      clock.advance(59)
      expect(browser.cookies(gateway)).toHaveLength(1)
      clock.advance(1)
      expect(browser.cookies(gateway)).toHaveLength(0)
    },
  )

  it('removes a cookie that is set with Max-Age=0', async () => {
    const { browser } = browse({ [gateway]: echo })
    await browser.open(set(gateway, 'a=1'))
    await browser.open(set(gateway, 'a=; Max-Age=0'))
    expect(browser.cookies(gateway)).toHaveLength(0)
  })

  it('sends by SameSite what Chrome sends for a link, a form and a typed address', async () => {
    const { browser } = browse({ [gateway]: echo })
    await browser.open(
      set(
        gateway,
        'strict=1; SameSite=Strict',
        'lax=1; SameSite=Lax',
        'none=1; SameSite=None; Secure',
        'unset=1',
      ),
    )
    const names = async (page: Promise<{ text: string }>): Promise<string[]> =>
      (await page).text
        .split('; ')
        .map((cookie) => cookie.split('=')[0] ?? '')
        .sort()
    expect(await names(browser.open(gateway))).toEqual(['lax', 'none', 'strict', 'unset'])
    expect(await names(browser.open(gateway, { from: 'https://evil.test' }))).toEqual([
      'lax',
      'none',
      'unset',
    ])
    expect(await names(browser.open(gateway, { from: 'https://sub.gateway.example' }))).toContain('strict')
    expect(await names(browser.open(gateway, { from: 'http://gateway.example' }))).not.toContain('strict')
    expect(await names(browser.post(gateway, {}, { from: 'https://evil.test' }))).toEqual(['none'])
  })

  it('drops SameSite=None without Secure', async () => {
    const { browser } = browse({ [gateway]: echo })
    await browser.open(set(gateway, 'a=1; SameSite=None'))
    expect(browser.refusedCookies[0]?.reason).toBe('SameSite=None needs Secure')
  })
})

describe('the headers of a navigation', () => {
  const headersOf = (hops: readonly { requestHeaders: Headers }[], name: string): (string | null)[] =>
    hops.map(({ requestHeaders }) => requestHeaders.get(name))
  const form = '<form method=post action=/post><button>Go</button></form>'

  it('says Sec-Fetch-Site none for a typed address and all its redirects', async () => {
    const { browser } = browse({ [gateway]: () => redirect(other), [other]: () => html('') })
    const { hops } = await browser.open(gateway)
    expect(headersOf(hops, 'sec-fetch-site')).toEqual(['none', 'none'])
    expect(headersOf(hops, 'sec-fetch-mode')).toEqual(['navigate', 'navigate'])
  })

  it('says same-origin for a form of the page, and cross-site once a redirect has left the site', async () => {
    const { browser } = browse({
      [gateway]: (request) => (request.url.endsWith('/post') ? redirect(other) : html(form)),
      [other]: (request) => (request.url.endsWith('/back') ? html('') : redirect(`${gateway}/end`)),
    })
    const page = await (await browser.open(gateway)).submit()
    expect(headersOf(page.hops, 'sec-fetch-site')).toEqual(['same-origin', 'cross-site', 'cross-site'])
  })

  it.each([
    ['', gateway, `${gateway}/page?q=1`],
    ['no-referrer', 'null', null],
    ['same-origin', gateway, `${gateway}/page?q=1`],
    ['origin', gateway, `${gateway}/`],
  ])('sends Origin with the POST of a page under Referrer-Policy "%s"', async (policy, origin, referer) => {
    const { browser } = browse({
      [gateway]: () => html(form, policy === '' ? {} : { 'referrer-policy': policy }),
    })
    const page = await (await browser.open(`${gateway}/page?q=1`)).submit()
    expect(headersOf(page.hops, 'origin')).toEqual([origin])
    expect(headersOf(page.hops, 'referer')).toEqual([referer])
  })

  it('sends no Sec-Fetch-* to plain http elsewhere', async () => {
    const { browser } = browse({ 'http://plain.example': () => html('') })
    expect(headersOf((await browser.open('http://plain.example')).hops, 'sec-fetch-site')).toEqual([null])
  })
})

describe('forms', () => {
  const received: string[] = []
  const serve = (page: string) =>
    browse({
      [gateway]: async (request) => {
        if (new URL(request.url).pathname === '/page') return html(page)
        received.push(`${request.method} ${new URL(request.url).search} ${await request.text()}`)
        return html('received')
      },
    }).browser
  const send = async (
    page: string,
    ...how: Parameters<Awaited<ReturnType<ReturnType<typeof serve>['open']>>['submit']>
  ) => {
    received.length = 0
    await (await serve(page).open(`${gateway}/page`)).submit(...how)
    return received[0]
  }

  it('sends hidden fields, defaults, ticked boxes, choices and the pressed button', async () => {
    const page = `<form method=post action=/to>
      <input type=hidden name=csrf value="a&amp;b"><input name=name value=Ada><textarea name=note>hi</textarea>
      <input type=checkbox name=remember><input type=checkbox name=scope value=read checked>
      <input type=radio name=size value=s><input type=radio name=size value=l checked>
      <select name=org><option value=1>One<option value=2 selected>Two</select>
      <input name=off value=x disabled><fieldset disabled><input name=off2 value=x></fieldset>
      <button name=decision value=deny>Deny</button><button name=decision value=allow>Allow</button></form>`
    expect(await send(page, {}, { button: 'allow' })).toBe(
      'POST  csrf=a%26b&name=Ada&note=hi&scope=read&org=2&size=l&decision=allow',
    )
    expect(await send(page, { remember: true, scope: false, size: 's', org: '1' }, { button: /deny/i })).toBe(
      'POST  csrf=a%26b&name=Ada&note=hi&remember=on&org=1&size=s&decision=deny',
    )
  })

  it('replaces the query of a GET form', async () => {
    expect(
      await send('<form action="/to?old=1"><input name=q><button>Go</button></form>', { q: 'x y' }),
    ).toBe('GET ?q=x+y ')
  })

  it('honours formaction, formmethod and controls outside the form', async () => {
    const page = `<form id=f action=/a><button formaction=/b formmethod=post>Go</button></form><input form=f name=out value=1>`
    expect(await send(page)).toBe('POST  out=1')
  })

  it.each([
    ['<form><input name=a><button>Go</button></form>', { b: '1' }, undefined, 'has no field "b"'],
    ['<form><input name=a required><button>Go</button></form>', {}, undefined, 'required field "a" is empty'],
    [
      '<form><select name=a><option>x</select><button>Go</button></form>',
      { a: 'y' },
      undefined,
      'no choice of "a"',
    ],
    ['<form><button>Yes</button><button>No</button></form>', {}, undefined, 'exactly one button'],
    ['<form><button>Yes</button></form>', {}, 'maybe', 'exactly one form'],
    ['<p>Nothing</p>', {}, undefined, 'it has: none'],
  ])('refuses what a user could not do: %s', async (page, values, button, message) => {
    await expect(send(page, values, button === undefined ? {} : { button })).rejects.toThrow(message)
  })

  it('SEC-06 blocks the redirect after a form as Chromium does under form-action', async () => {
    const serveWith = (headers: Record<string, string>) =>
      browse(
        {
          [gateway]: (request) =>
            request.method === 'POST'
              ? redirect('http://127.0.0.1:1/callback')
              : html('<form method=post><button>Allow</button></form>', headers),
        },
        ['http://127.0.0.1:1/callback'],
      ).browser.open(gateway)
    const page = await serveWith({ 'content-security-policy': "default-src 'none'" })
    expect((await page.submit()).stopped).toBe(true)
    const broken = await serveWith({ 'content-security-policy': "default-src 'none'; form-action 'self'" })
    await expect(broken.submit()).rejects.toThrow('Chromium blocks this form')
  })

  it('follows a link by its text', async () => {
    const browser = serve('<a href="/to?x=1">Try <b>again</b></a><a href=/else>Leave</a>')
    received.length = 0
    await (await browser.open(`${gateway}/page`)).follow('Try again')
    expect(received).toEqual(['GET ?x=1 '])
  })
})
