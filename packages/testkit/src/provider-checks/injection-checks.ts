import { ConfigError } from '@portico/provider'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  changed,
  completeOptions,
  urlsOf,
  type AnyProvider,
  type DescribeProviderOptions,
  type ProviderOptionValues,
} from './provider-case.ts'

const fragments = [
  '/',
  '//',
  '/..',
  '/../',
  '..',
  '%2f',
  '%2F..',
  '%5c',
  '%00',
  '?',
  '?a=b',
  '#',
  '#a',
  '@',
  ':',
  ':8443',
  '\\',
  '*',
  '_',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '{tenantid}',
  '$env(A)',
  "'",
  '"',
  '<',
  ';',
  '&',
  '=',
  '+',
  ',',
  'é',
  '\u0000',
  '\u202e',
  'evil.example',
  '.evil.example',
  '@evil.example',
  '/evil.example',
  '//evil.example',
  '\\evil.example',
  'https://evil.example',
]

/** Of a property: the five seconds that a runner gives by default are few for hundreds of inputs on a busy machine. */
const timeoutMs = 60_000

/** Whatever one option holds, no other host, path or user name gets into the URLs (and nothing but ConfigError is thrown). */
export function injectionChecks(provider: AnyProvider, promises: DescribeProviderOptions): void {
  describe.each(completeOptions(promises).map((options) => [options] as const))('with %j', (options) => {
    const normal = urlsOf(provider.derive(options))
    const texts = Object.entries(options).filter(
      ([option, value]) => typeof value === 'string' && option !== 'clientSecret',
    )

    it.each(texts)('keeps its URLs in shape whatever is in %s', { timeout: timeoutMs }, (option, value) => {
      const original = String(value)
      const hostile = fc.oneof(
        fc
          .tuple(fc.nat({ max: original.length }), fc.constantFrom(...fragments))
          .map(([position, fragment]) => original.slice(0, position) + fragment + original.slice(position)),
        fc.constantFrom(...fragments),
        fc.string({ unit: 'binary' }),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
      )
      fc.assert(
        fc.property(hostile, (text) => {
          const urls = derivedUrls(provider, changed(options, { [option]: text }))
          expect(urls.flatMap((url, index) => misshapen(url, normal[index], text))).toEqual([])
        }),
        { numRuns: 200 },
      )
    })
  })
}

function derivedUrls(provider: AnyProvider, options: ProviderOptionValues): readonly string[] {
  try {
    return urlsOf(provider.derive(options, { development: false }))
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}

/** What is wrong with a derived URL, given the one that the harmless value derives. */
function misshapen(url: string, normal: string | undefined, text: string): string[] {
  const actual = new URL(url)
  const expected = normal === undefined ? undefined : new URL(normal)
  const named =
    actual.hostname === expected?.hostname || text.includes(actual.hostname) || onlyLabelDiffers(actual, text)
  // An address of the operator's own may have any path; everything else is at most one segment of it.
  const ownPath = text.includes('/')
  return [
    ...(actual.protocol === 'https:' ? [] : [`${url} is not https`]),
    ...(actual.username === '' && actual.password === '' ? [] : [`${url} has user information`]),
    ...(actual.hash === '' ? [] : [`${url} has a fragment`]),
    ...(named ? [] : [`${url} has a host that nobody named`]),
    ...(ownPath || segments(actual) === (expected && segments(expected)) ? [] : [`${url} has another path`]),
    ...(text.includes('?') || sameKeys(actual, expected) ? [] : [`${url} has another query`]),
  ]
}

/** A host such as `{subdomain}.vendor.example` whose first label is the option. */
function onlyLabelDiffers(actual: URL, text: string): boolean {
  return /^[a-z0-9-]+$/.test(text) && actual.hostname.split('.').some((label) => label === text)
}

function segments({ pathname }: URL): number {
  return pathname.split('/').length
}

function sameKeys(actual: URL, expected: URL | undefined): boolean {
  return [...actual.searchParams.keys()].join() === [...(expected?.searchParams.keys() ?? [])].join()
}
