import { readdirSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'
import { z } from 'zod'

import type { AnyProvider, DescribeProviderOptions } from './provider-case.ts'

const recordedDocument = z.object({
  /** Where the document is published. */
  source: z.string(),
  /** The options that derive it. */
  options: z.record(z.string(), z.unknown()),
  document: z.record(z.string(), z.unknown()),
})

/** Members of a discovery document (OpenID Connect Discovery §3) and what must equal them, byte for byte. */
const comparedMembers = [
  ['issuer', 'oidc.issuer'],
  ['jwks_uri', 'oidc.jwksUrl'],
  ['authorization_endpoint', 'browserLogin.url'],
  ['token_endpoint', 'browserLogin.tokenUrl'],
  ['userinfo_endpoint', 'oidc.userinfoUrl'],
  ['end_session_endpoint', 'oidc.endSessionUrl'],
  ['revocation_endpoint', 'oidc.revocationUrl'],
] as const

/** Worked examples and recorded documents must match exactly. */
export function derivationChecks(
  provider: AnyProvider,
  { derives, fixtures }: DescribeProviderOptions,
): void {
  it.each(derives)('derives from %j', (options, expected) => {
    const derived = provider.derive(options)
    const found = Object.fromEntries(Object.keys(expected).map((path) => [path, memberAt(derived, path)]))
    expect(found).toEqual(expected)
    expect(structuredClone(derived)).toEqual(derived)
  })

  it.each(fixtures === undefined ? [] : recordedDocuments(fixtures))(
    'agrees with %s',
    (_file, { options, document }) => {
      const derived = provider.derive(options)
      const pairs = comparedMembers.map(([member, path]) => ({
        member,
        published: document[member],
        derived: memberAt(derived, path),
      }))
      const differing = pairs.filter(
        ({ published, derived }) => published !== undefined && derived !== undefined && published !== derived,
      )
      expect(differing).toEqual([])
      expect(pairs.find(({ member }) => member === 'issuer')?.derived).toBe(document['issuer'])
    },
  )
}

function recordedDocuments(directory: URL) {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const recorded = recordedDocument.parse(JSON.parse(readFileSync(new URL(file, directory), 'utf8')))
      return [`${file} (${recorded.source})`, recorded] as const
    })
}

function memberAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((current, part) => (Object(current) as Record<string, unknown>)[part], value)
}
