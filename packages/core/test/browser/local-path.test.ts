import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { localPath } from '../../src/browser/local-path.ts'

const origin = 'https://mcp.example.com'
const settings = { publicUrl: origin, basePath: '/oauth' }

describe('E11 SEC-17 a path to return to', () => {
  it.each([
    '/',
    '/account',
    '/account?tab=a&b=%2F%2Fx',
    '/oauth/setup?transaction=abc',
    '/a//b',
    '/a?u=https://x/',
  ])('may be %s', (path) => {
    expect(localPath(settings, path)).toBe(path)
  })

  it.each([
    undefined,
    '',
    'account',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/a\\b',
    '/a b',
    '/\u0009/evil.example',
    '/a\u0000',
    '/ümlaut',
    'https://mcp.example.com/account',
    'https:evil.example',
    'javascript:alert(1)',
    '/..//evil.example',
    '/./ /evil.example',
    '/.//evil.example',
  ])('is not %j', (path) => {
    expect(localPath(settings, path)).toBeUndefined()
  })

  it.each([
    '/oauth/authorize?client_id=a',
    '/oauth/authorize',
    '/oauth/authorize/mcp/demo?client_id=a',
    '/authorize?client_id=a',
    '/authorize/',
    '/oauth/./authorize',
    '/a/../oauth/authorize',
    '/oauth/%61uthorize',
    '/OAuth/Authorize',
    '/oauth%2fauthorize',
    '/%zz',
  ])('AS-44 E03 does not begin an authorization: not %s', (path) => {
    expect(localPath(settings, path)).toBeUndefined()
  })

  it.each(['/authorized', '/oauth/authorizer', '/mcp/authorize', '/account?next=/oauth/authorize'])(
    'may be %s, which begins none',
    (path) => {
      expect(localPath(settings, path)).toBe(path)
    },
  )

  it('leads to this origin as every parser reads it, whatever the text', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      '%2f',
      '%5c',
      '\t',
      ' ',
      'evil.example',
      'https:',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const path = localPath(settings, `/${parts.join('')}`)
        if (path === undefined) return
        expect(new URL(path, origin).origin).toBe(origin)
        expect(path.startsWith('//')).toBe(false)
      }),
    )
  })
})
