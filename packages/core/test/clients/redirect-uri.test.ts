import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  classifyRedirectUri,
  defaultPrivateUseSchemes,
  matchRedirectUri,
} from '../../src/clients/redirect-uri.ts'

const classify = (uri: string) => classifyRedirectUri(uri, defaultPrivateUseSchemes)
const match = (registered: string | string[], requested?: string) =>
  matchRedirectUri({ redirectUris: [registered].flat() }, requested)

describe('registering a redirect URI', () => {
  it.each([
    ['https://claude.ai/api/mcp/auth_callback', 'https'],
    ['https://chatgpt.com/connector/oauth/abc?x=1', 'https'],
    ['https://vscode.dev/redirect', 'https'],
    ['https://192.0.2.1:8443/cb', 'https'],
    ['https://[2001:db8::1]/cb', 'https'],
    ['https://xn--exmple-cua.com/cb', 'https'],
    ['http://127.0.0.1:33418/', 'loopback'],
    ['http://127.0.0.1', 'loopback'],
    ['http://[::1]:8080/callback', 'loopback'],
    ['http://localhost:3118/callback', 'loopback'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'private-use'],
    ['vscode://vscode.github-authentication/did-authenticate', 'private-use'],
    ['com.example.app:/oauth2redirect', 'private-use'],
    ['com.example.app://callback', 'private-use'],
  ])('DCR-04 DCR-05 takes %s', (uri, kind) => {
    expect(classify(uri)).toBe(kind)
  })

  it.each([
    // DCR-04: plain http beyond this machine
    'http://example.com/cb',
    'http://localhost.evil.example/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://127.0.0.2/cb',
    'http://[::ffff:7f00:1]/cb',
    'http://0.0.0.0/cb',
    'http://localhost./cb',
    'http://2130706433/cb',
    'http://0x7f.1/cb',
    // A03: schemes that run code or read files, in disguise
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\tscript:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript://x/%0aalert(1)',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.com/x',
    'about:blank',
    'mailto:a@example.com',
    'ws://example.com/',
    'wss://example.com/',
    'view-source:https://example.com',
    // A04: what parsers repair, each in its own way
    'https://user@example.com/cb',
    'https://user:pass@example.com/cb',
    'https://example.com@evil.example/cb',
    'https://example.com/cb#fragment',
    'https://example.com\\@evil.example/',
    'https:\\\\example.com/cb',
    'https://example.com/a/../cb',
    'https://example.com/a/%2e%2e/cb',
    'https://example.com/./cb',
    'https://example.com./cb',
    'https://exa%6dple.com/cb',
    'https://ex\u00E4mple.com/cb',
    'https://examp\u2025le.com/cb',
    'https://example.com/c b',
    'https:example.com/cb',
    'https:///example.com/cb',
    'https://',
    '//example.com/cb',
    '/callback',
    'callback',
    '',
    'https://*.example.com/cb<',
  ])('DCR-04 A03 A04 A05 refuses %j', (uri) => {
    expect(classify(uri)).toMatchObject({ reason: 'unsafe' })
  })

  it('A03 refuses a scriptable scheme even where the operator lists it', () => {
    expect(classifyRedirectUri('javascript:alert(1)', ['javascript'])).toMatchObject({ reason: 'unsafe' })
    expect(classifyRedirectUri('data:x', ['data'])).toMatchObject({ reason: 'unsafe' })
  })

  it('DCR-05 takes an undotted private scheme by allow-list only', () => {
    expect(classify('myeditor://callback')).toMatchObject({ reason: 'unlisted_scheme' })
    expect(classifyRedirectUri('myeditor://callback', ['myeditor'])).toBe('private-use')
  })

  it('A09 refuses one of more than two thousand characters', () => {
    expect(classify(`https://example.com/${'x'.repeat(2028)}`)).toBe('https')
    expect(classify(`https://example.com/${'x'.repeat(2029)}`)).toMatchObject({ reason: 'unsafe' })
  })

  it('classifies any text without failing, and calls nothing https or loopback that a browser takes elsewhere', () => {
    const anyText = fc.oneof(fc.webUrl(), fc.string(), fc.string({ unit: 'binary' }))
    const plain = fc.property(anyText, (uri) => {
      const kind = classify(uri)
      if (kind === 'https') return new URL(uri).protocol === 'https:' && new URL(uri).username === ''
      return kind !== 'loopback' || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname)
    })
    expect(fc.check(plain)).toMatchObject({ failed: false, counterexample: null })
  })

  it('DCR-04 A04 takes a loopback URI by any path and on any port that there is', () => {
    const host = fc.constantFrom('127.0.0.1', '[::1]', 'localhost')
    const port = fc.oneof(
      fc.constant(''),
      fc.nat(70_000).map((number) => `:${number}`),
    )
    const path = fc.stringMatching(/^(\/[\w~/-]*)?$/)
    const existing = fc.property(host, port, path, (name, at, to) => {
      const uri = `http://${name}${at}${to}`
      return (classify(uri) === 'loopback') === URL.canParse(uri)
    })
    expect(fc.check(existing, { numRuns: 500 })).toMatchObject({ failed: false, counterexample: null })
    expect(classify('http://localhost:65535/cb')).toBe('loopback')
    expect(classify('http://localhost:65536/cb')).toMatchObject({ reason: 'unsafe' })
  })

  it('A03 takes no URI with any of the dangerous schemes in any case, whatever follows', () => {
    const scheme = fc.constantFrom('javascript', 'data', 'vbscript', 'file', 'blob', 'about')
    const mixed = fc
      .tuple(scheme, fc.nat())
      .map(([name, bits]) =>
        name.replaceAll(/./g, (letter, at: number) => (bits & (1 << at) ? letter.toUpperCase() : letter)),
      )
    const refused = fc.property(
      mixed,
      fc.string(),
      (name, rest) => typeof classify(`${name}:${rest}`) === 'object',
    )
    expect(fc.check(refused)).toMatchObject({ failed: false, counterexample: null })
  })
})

describe('matching a redirect URI', () => {
  it.each([
    'https://app.example.com/cb',
    'https://app.example.com/cb?x=1',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'http://127.0.0.1/cb',
  ])('AS-22 takes %s as it was registered', (uri) => {
    expect(match(uri, uri)).toBe(uri)
  })

  it.each([
    ['https://app.example.com/cb', 'https://app.example.com/cb/'],
    ['https://app.example.com/cb', 'https://app.example.com/cb?x=1'],
    ['https://app.example.com/cb', 'https://app.example.com/CB'],
    ['https://app.example.com/cb', 'https://APP.example.com/cb'],
    ['https://app.example.com/cb', 'https://app.example.com:443/cb'],
    ['https://app.example.com/cb', 'https://app.example.com:8443/cb'],
    ['https://app.example.com/cb', 'http://app.example.com/cb'],
    ['https://app.example.com/cb', 'https://app.example.com/cb/../other'],
    ['https://app.example.com/cb', 'https://evil.example/cb'],
    ['https://app.example.com/', 'https://app.example.com'],
    ['https://*.example.com/cb', 'https://app.example.com/cb'],
    ['cursor://one/cb', 'cursor://one:80/cb'],
  ])('AS-22 A01 given %s refuses %s', (registered, requested) => {
    expect(match(registered, requested)).toBeUndefined()
  })

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:33418/cb'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1/cb'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1:65535/cb'],
    ['http://[::1]/cb', 'http://[::1]:5000/cb'],
    ['http://localhost/callback', 'http://localhost:3118/callback'],
    ['http://localhost:3118/callback', 'http://localhost:51823/callback'],
    ['http://localhost?x=1', 'http://localhost:1?x=1'],
    ['http://127.0.0.1', 'http://127.0.0.1:9'],
  ])('AS-23 AS-24 COMPAT-09 given %s takes %s: any port on loopback', (registered, requested) => {
    expect(match(registered, requested)).toBe(requested)
  })

  it.each([
    ['http://127.0.0.1/cb', 'http://localhost/cb'],
    ['http://localhost/cb', 'http://127.0.0.1:80/cb'],
    ['http://127.0.0.1/cb', 'http://[::1]/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1/other'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1/cb?x=1'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1/cb/'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:1/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:99999999/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb'],
    ['http://localhost/cb', 'http://localhost.evil.example/cb'],
    ['http://localhost/cb', 'http://localhost:80.evil.example/cb'],
    ['http://localhost/cb', 'http://LOCALHOST:1/cb'],
    ['http://localhost', 'http://localhost.evil.example'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1/cb#x'],
    ['http://127.0.0.1/cb', 'http://127.1:1/cb'],
  ])('AS-23 A05 given %s refuses %s', (registered, requested) => {
    expect(match(registered, requested)).toBeUndefined()
  })

  it("AS-25 fills in the only registered URI, unless there are two or its port is anybody's guess", () => {
    expect(match('https://app.example.com/cb')).toBe('https://app.example.com/cb')
    expect(match(['https://app.example.com/cb', 'https://app.example.com/cb2'])).toBeUndefined()
    expect(match('http://127.0.0.1/cb')).toBeUndefined()
    expect(match('http://localhost:3118/cb')).toBeUndefined()
    expect(match([])).toBeUndefined()
  })

  it('AS-22 answers only with what was registered, but for the port of a loopback URI', () => {
    const registered = ['https://app.example.com/cb', 'http://127.0.0.1:7/cb', 'cursor://x/cb']
    const near = fc
      .constantFrom(...registered)
      .chain((uri) =>
        fc
          .tuple(fc.nat(uri.length), fc.string({ maxLength: 3 }), fc.nat(3))
          .map(([at, put, cut]) => uri.slice(0, at) + put + uri.slice(at + cut)),
      )
    const exact = fc.property(near, (requested) => {
      const answer = match(registered, requested)
      const isTemplate = /^http:\/\/127\.0\.0\.1(:\d{1,5})?\/cb$/.test(requested)
      return answer === undefined || (answer === requested && (registered.includes(requested) || isTemplate))
    })
    expect(fc.check(exact, { numRuns: 2000 })).toMatchObject({ failed: false, counterexample: null })
  })
})
