import { sha256 } from '@noble/hashes/sha2.js'
import { html, raw } from 'hono/html'
import { describe, expect, it } from 'vitest'

import { PageProblem } from '../../src/browser/page-problem.ts'
import type { Pages } from '../../src/index.ts'
import { problemResponse } from '../../src/pages/problem-response.ts'
import { hostedUri, signInFlow } from '../sign-in-flow.ts'
import { publicUrl, testServer } from '../test-server.ts'

/** Shows every part, in the order they come, below words of its own. */
const everything =
  (words: string) =>
  ({ parts }: { readonly parts: object }) =>
    html`<p>${words}</p>
      ${Object.values(parts)}`

const allOwn: Pages = {
  chooser: everything('own chooser'),
  consent: everything('own consent'),
  connect: everything('own connect'),
  connected: everything('own connected'),
  deviceCode: everything('own device code'),
  deviceConsent: everything('own device consent'),
  deviceDone: everything('own device done'),
  account: everything('own account'),
  signOut: everything('own sign-out'),
  signedOut: everything('own signed out'),
  error: everything('own error'),
}

/** The consent page of a new client, by a renderer. */
async function consentBy(consent: Pages['consent']) {
  const flow = signInFlow({ redirectUri: hostedUri, server: { pages: { consent } } })
  const page = await flow.browser.open((await flow.request()).url)
  return { flow, page }
}

describe('a consent page of one’s own', () => {
  it('is in our frame, and its forms work', async () => {
    const { page } = await consentBy(({ view, parts, language, text }) => {
      expect(view.resource.url).toBe(`${publicUrl}/mcp/demo`)
      return html`<h1>Welcome to Acme (${language})</h1>
        <p>${parts.question} ${text('consent.returnsTo')}: ${parts.returnsTo}</p>
        ${parts.warnings}
        <dl>${parts.access}</dl>
        ${parts.account} ${parts.decision}`
    })
    expect(page.status).toBe(200)
    expect(page.text).toContain('Welcome to Acme (en)')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    const done = await page.submit({}, { button: 'Allow' })
    expect(done.url).toContain('code=')
  })

  it.each(['question', 'warnings', 'returnsTo', 'access', 'account', 'decision'] as const)(
    'SEC-02 is not shown without %s, and the operator is told which part is missing',
    async (missing) => {
      const { flow, page } = await consentBy(({ parts }) => {
        const { [missing]: _left, ...rest } = parts
        return html`${Object.values(rest)}`
      })
      expect(page.status).toBe(500)
      expect(page.text).toContain('Something went wrong here')
      const causes = flow.events.map(({ cause }) => (cause instanceof Error ? cause.message : ''))
      expect(causes).toContain(
        `pages.consent leaves out "${missing}": put \${parts.${missing}} into what it returns, as it is.`,
      )
    },
  )

  it('E05 escapes what is no HTML, and runs no script', async () => {
    const { page } = await consentBy(({ parts }) => {
      const all = html`${Object.values(parts)}`
      return html`${'<b id="own">'}${raw('<script>alert(1)</script>')}${all}`
    })
    expect(page.status).toBe(200)
    expect(page.body).toContain('&lt;b id=&quot;own&quot;&gt;')
    expect(page.headers.get('content-security-policy')).not.toContain('script-src')
  })

  it('is a text where it is no HTML', async () => {
    const { page } = await consentBy(() => '<form>')
    expect(page.status).toBe(500)
    expect(page.body).not.toContain('<form>')
  })
})

describe('pages of one’s own', () => {
  it('stand in for every built-in page on the way to a client', async () => {
    const flow = signInFlow({ redirectUri: hostedUri, server: { pages: allOwn } })
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.text).toContain('own consent')
    const signOut = await flow.browser.open(`${publicUrl}/oauth/logout`)
    expect(signOut.text).toContain('own sign-out')
    expect((await flow.browser.open(`${publicUrl}/oauth/authorize?client_id=gone`)).text).toContain(
      'own error',
    )
    const { request } = testServer({ pages: allOwn })
    expect(await (await request('/oauth/logout')).text()).toContain('own signed out')
  })

  it('fall back to the built-in error page when their own fails, with the same reference', async () => {
    const { context, events } = testServer({
      pages: {
        error: () => {
          throw new Error('broken template')
        },
      },
    })
    const response = await problemResponse(context, new Request(publicUrl), new PageProblem('unknown_client'))
    const body = await response.text()
    expect(response.status).toBe(400)
    expect(events).toMatchObject([
      { name: 'page.refused', reason: 'unknown_client' },
      { name: 'server.failed', reason: 'own_page', cause: { message: 'broken template' } },
    ])
    expect(body).toContain(events[0]?.traceId)
    expect(body).not.toContain('broken template')
  })

  it.each([
    [{ consnet: () => 'x' }, 'pages'],
    [{ consent: 'x' }, 'pages.consent'],
  ])('are refused at start where they are none: %o', (pages, option) => {
    expect(() => testServer({ pages: pages as Pages })).toThrow(option)
  })
})

describe('a stylesheet of one’s own', () => {
  it('E05 follows ours, and is a part of the hash', async () => {
    const { request } = testServer({ theme: { stylesheet: '.brand { display: none }' } })
    const response = await request('/oauth/logout')
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(await response.text()) ?? []
    expect(style.trimEnd().endsWith('.brand { display: none }')).toBe(true)
    const hash = Buffer.from(sha256(new TextEncoder().encode(style))).toString('base64')
    expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
  })

  it('cannot end the style element', () => {
    expect(() => testServer({ theme: { stylesheet: '</style><script>' } })).toThrow('theme.stylesheet')
  })
})
