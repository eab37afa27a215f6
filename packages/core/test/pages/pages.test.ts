import { sha256 } from '@noble/hashes/sha2.js'
import { StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import type { ProblemCode } from '../../src/browser/page-problem.ts'
import { PageProblem } from '../../src/browser/page-problem.ts'
import { problemResponse } from '../../src/pages/problem-response.ts'
import { hostedUri, signInFlow } from '../sign-in-flow.ts'
import { publicUrl, testServer } from '../test-server.ts'

describe('E05 the content security policy', () => {
  it.each([{}, { accentColor: '#ffd400' }, { accentColor: '#0a0', name: 'Acme' }])(
    'allows the one stylesheet by its hash, with the theme %j',
    async (theme) => {
      const { request } = testServer({ theme })
      const response = await request('/oauth/logout')
      const styles = [...(await response.text()).matchAll(/<style>([^<]*)<\/style>/g)]
      expect(styles).toHaveLength(1)
      const hash = Buffer.from(sha256(new TextEncoder().encode(styles[0]?.[1]))).toString('base64')
      expect(response.headers.get('content-security-policy')).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`,
      )
    },
  )

  it("allows images for the operator's logo alone", async () => {
    const logo = { theme: { logoUrl: 'https://cdn.example.com/logo.svg' } }
    const response = await testServer(logo).request('/oauth/logout')
    expect(response.headers.get('content-security-policy')).toContain('img-src https://cdn.example.com;')
    expect(await response.text()).toContain('<img src="https://cdn.example.com/logo.svg" alt=""')
  })
})

describe('the theme', () => {
  it('names the server, as text', async () => {
    const response = await testServer({ theme: { name: 'A & <B>' } }).request('/oauth/logout')
    const body = await response.text()
    expect(body).toContain('You are signed out of A &amp; &lt;B&gt; in this browser.')
    expect(body).not.toContain('<B>')
    expect(body).toContain('– A &amp; &lt;B&gt;</title>')
  })
})

describe('an error page', () => {
  const codes: ProblemCode[] = [
    'invalid_request',
    'unknown_client',
    'client_unavailable',
    'redirect_uri_not_registered',
    'unknown_resource',
    'attempt_expired',
    'other_browser',
    'login_finished',
    'form_outdated',
    'cross_site_form',
    'provider_answer_invalid',
    'sign_in_failed',
    'sign_in_denied',
    'account_not_allowed',
    'provider_unavailable',
    'temporarily_unavailable',
    'server_error',
    'method_not_allowed',
    'account_entry_gone',
    'operators_entry_gone',
  ]

  it.each(codes)(
    'says what happened, why, what to do, and a reference that the events have: %s',
    async (code) => {
      const { context, events } = testServer()
      const request = new Request(`${publicUrl}/oauth/setup`)
      const response = await problemResponse(context, request, new PageProblem(code, { detail: 'x <y>.' }))
      const body = await response.text()
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(body).toMatch(/<h1>\s*\S/)
      expect(body).toMatch(/<h2>Why<\/h2>\s*<p>\S/)
      expect(body).toMatch(/<h2>What to do<\/h2>\s*<p>\S/)
      expect(body).not.toContain('<y>')
      expect(body).not.toMatch(/\{\w+\}/)
      const [event] = events
      expect(event).toMatchObject({
        reason: code,
        traceId: expect.stringMatching(/^[a-zA-Z\d]{12}$/) as string,
      })
      expect(body).toContain(`<p class="mono">${event?.traceId}</p>`)
    },
  )

  it.each([
    [new StorageUnavailableError('down'), 503, 'Not available at the moment', '5'],
    [new Error('secret detail'), 500, 'Something went wrong here', null],
    ['thrown text', 500, 'Something went wrong here', null],
  ])('tells nothing of an error that is not its own: %s', async (error, status, title, retryAfter) => {
    const { context, events } = testServer()
    const response = await problemResponse(context, new Request(publicUrl), error)
    const body = await response.text()
    expect(response.status).toBe(status)
    expect(body).toContain(title)
    expect(body).not.toContain('secret detail')
    expect(response.headers.get('retry-after')).toBe(retryAfter)
    expect(events[0]).toMatchObject({ name: 'server.failed', outcome: 'failure' })
  })

  it('stands for a storage that cannot answer, at every step', async () => {
    const flow = signInFlow()
    const page = await flow.browser.open((await flow.request()).url)
    const { url } = await flow.request({ redirect_uri: hostedUri })
    const broken = signInFlow({
      storage: () => {
        const down = () => Promise.reject(new StorageUnavailableError('the database is away'))
        return { get: down, set: down, take: down, delete: down, list: down, deleteGroup: down }
      },
    })
    const cookie = flow.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    for (const each of [
      url,
      page.url,
      `${publicUrl}/oauth/callback?state=x&code=y`,
      `${publicUrl}/oauth/logout`,
    ]) {
      const response = await broken.server.fetch(new Request(each, { headers: { cookie } }))
      expect(response.status).toBe(503)
      expect(response.headers.get('content-type')).toContain('text/html')
      expect(response.headers.get('retry-after')).toBe('5')
      expect(await response.text()).toContain('Not available at the moment')
    }
  })

  it.each([
    ['http://localhost:3118/callback', 'In Claude Code:'],
    ['https://claude.ai/api/mcp/auth_callback', 'In Claude:'],
    ['https://chatgpt.com/connector/oauth/abc', 'In ChatGPT:'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'In Cursor:'],
    ['http://127.0.0.1:33418/', 'In VS Code:'],
    ['https://vscode.dev/redirect', 'In VS Code:'],
  ])('says what to press in the client that returns to %s', async (redirectUri, words) => {
    const query = new URLSearchParams({ client_id: 'gone', redirect_uri: redirectUri })
    const response = await testServer().request(`/oauth/authorize?${query.toString()}`)
    expect(await response.text()).toContain(words)
  })

  it('gives no advice for a client it does not recognise', async () => {
    const query = new URLSearchParams({ client_id: 'gone', redirect_uri: hostedUri })
    const response = await testServer().request(`/oauth/authorize?${query.toString()}`)
    expect(await response.text()).not.toMatch(/In \w+( \w+)?:/)
  })
})
