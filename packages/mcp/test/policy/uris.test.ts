import { describe, expect, it } from 'vitest'

import { uriForms } from '../../src/policy/uri-forms.ts'
import { uriTemplate } from '../../src/policy/uri-template.ts'

describe('the forms of a URI', () => {
  it.each([
    ['file:///docs/../etc/passwd', 'file:///etc/passwd'],
    ['file:///docs/%2e%2e/etc/passwd', 'file:///etc/passwd'],
    ['file:///docs/%252e%252e/etc/passwd', 'file:///etc/passwd'],
    ['file:///docs\\..\\etc', 'file:///etc'],
    ['notes://se%63ret', 'notes://secret'],
  ])('H01 %s may be read as %s', (uri, form) => {
    expect(uriForms(uri)).toContain(form)
  })

  it('leaves a plain URI as it is', () => {
    expect(uriForms('stripe://customers/42?expand=100%')).toEqual(['stripe://customers/42?expand=100%'])
  })
})

describe('a URI template', () => {
  it.each([
    ['stripe://customers/{id}', 'stripe://customers/42', true],
    ['stripe://customers/{id}', 'stripe://customers/42/secrets', false],
    ['stripe://customers/{id}', 'stripe://customers', false],
    ['file:///{+path}', 'file:///a/b.txt', true],
    ['file:///{+path}', 'ftp:///a/b.txt', false],
    ['x://list{?page,size}', 'x://list?page=1&size=2', true],
    ['x://list{?page}', 'x://listing', false],
    ['x://list{/path*}', 'x://list/a/b', true],
    ['x://{a}-{b}.{c}', 'x://1-2-3.4', true],
    ['x://{a', 'x://{a', false],
  ])('%s and %s: %j', (template, uri, matches) => {
    expect(uriTemplate(template)(uri)).toBe(matches)
  })

  it('takes no longer than a long URI deserves', () => {
    expect(uriTemplate('x://{a}{b}{c}{d}{e}!')(`x://${'a'.repeat(50_000)}`)).toBe(false)
  })
})
