import * as fc from 'fast-check'

import { parseClientMetadata } from '../../packages/core/src/clients/client-metadata.ts'
import { presentedCredentials } from '../../packages/core/src/clients/presented-credentials.ts'
import { classifyRedirectUri } from '../../packages/core/src/clients/redirect-uri.ts'
import { parseFormParameters } from '../../packages/core/src/form-parameters.ts'
import { OAuthError } from '../../packages/core/src/oauth-error.ts'
import { decodeHeaderValue, encodeHeaderValue } from '../../packages/mcp/src/header-value.ts'
import { parseStrictJson, StrictJsonError } from '../../packages/mcp/src/strict-json.ts'
import { parsePresentedToken } from '../../packages/resource-server/src/presented-token.ts'
import type { ParserProperty } from './property.ts'
import { hostileUrl } from './redirect-uri-properties.ts'

const secret = 'S3cr3t-that-nobody-may-tell'

/** What `parse` returns, or the error that it may throw; anything else is a crash. */
function attempt<Value>(parse: () => Value): Value | OAuthError {
  try {
    return parse()
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}

const names = fc.constantFrom(
  'client_id',
  'client_secret',
  'code',
  'scope',
  'resource',
  'a b',
  '',
  'é',
  'state',
)
const anyText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant(secret),
)
const form = fc.array(fc.tuple(names, anyText), { maxLength: 8 })
const encode = (pairs: readonly (readonly [string, string])[]): string =>
  pairs
    .map((pair) => pair.map((text) => new URLSearchParams({ '': text }).toString().slice(1)).join('='))
    .join('&')

/** A message with a secret in it, of which a part is missing or doubled. */
const brokenMessage = fc
  .tuple(
    fc.jsonValue({ maxDepth: 2 }),
    fc.nat(200),
    fc.constantFrom('', '"', ',', '}', `"token":"${secret}",`),
  )
  .map(([value, at, text]) => {
    const whole = JSON.stringify({ token: secret, value, [secret]: secret })
    return whole.slice(0, at % whole.length) + text + whole.slice(at % whole.length)
  })

const printable = /^[\x20-\x7E]*$/
const isQuiet = ({ message }: OAuthError): boolean => !message.includes(secret) && printable.test(message)

const member = fc.constantFrom(
  'client_name', 'redirect_uris', 'grant_types', 'response_types', 'token_endpoint_auth_method', 'scope', 'jwks',
  'jwks_uri', 'client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'dpop_bound_access_tokens', '__proto__', 'constructor',
) // prettier-ignore
const metadata = fc.dictionary(
  member,
  fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.array(hostileUrl, { maxLength: 3 }),
    hostileUrl,
    fc.constantFrom(
      'none',
      'private_key_jwt',
      ['authorization_code'],
      ['code'],
      { keys: [{ kty: 'oct', k: secret }] },
      {
        keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: secret }],
      },
    ),
  ),
)

export const parameterProperties: readonly ParserProperty[] = [
  {
    title: 'parameters are read as sent, or refused without telling a value',
    runs: 3000,
    property: fc.property(form, fc.string({ unit: 'binary', maxLength: 40 }), (pairs, noise) => {
      attempt(() => parseFormParameters(noise))
      const parsed = attempt(() => parseFormParameters(encode(pairs)))
      const singles = pairs.map(([name]) => name).filter((name) => name !== 'resource')
      const repeats = new Set(singles).size < singles.length
      if (parsed instanceof OAuthError) return repeats && parsed.code === 'invalid_request' && isQuiet(parsed)
      return (
        !repeats &&
        pairs.every(([name, value]) => name === 'resource' || parsed.get(name) === (value || undefined))
      )
    }),
  },
  {
    title: 'credentials of a client are one method, or refused without telling them',
    runs: 2000,
    property: fc.property(
      fc.oneof(
        anyText,
        anyText.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
        fc.constant(undefined),
      ),
      form,
      (authorization, pairs) => {
        const unique = new Map<string, string>(pairs)
        const parameters = { get: (name: string) => unique.get(name) || undefined, resources: [] }
        const header =
          authorization !== undefined && /^[\x21-\x7E]([\x20-\x7E]*[\x21-\x7E])?$/.test(authorization)
        const headers = new Headers(header ? { authorization } : {})
        const request = { header: (name: string) => headers.get(name) ?? undefined }
        const found = attempt(() => presentedCredentials(request, parameters))
        return found instanceof OAuthError ? isQuiet(found) : found.clientId.length > 0
      },
    ),
  },
  {
    title:
      'client metadata, of a registration or a document, holds good redirect URIs and no private key, or is refused',
    runs: 2000,
    property: fc.property(metadata, (input) => {
      const parsed = attempt(() =>
        parseClientMetadata(input, ['cursor'], ['authorization_code', 'refresh_token']),
      )
      if (parsed instanceof OAuthError) return isQuiet(parsed)
      const isGood = parsed.redirectUris.every(
        (uri) => typeof classifyRedirectUri(uri, ['cursor']) === 'string',
      )
      const links = [parsed.clientUri, parsed.logoUri, parsed.tosUri, parsed.policyUri, parsed.jwksUri]
      const areWeb = links.every((link) => link === undefined || new URL(link).protocol === 'https:')
      return (
        isGood &&
        areWeb &&
        parsed.redirectUris.length > 0 &&
        !JSON.stringify(parsed.jwks ?? '').includes(secret)
      )
    }),
  },
  {
    title: 'an Authorization header is one token of the one alphabet, or none',
    runs: 3000,
    property: fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom('Bearer ', 'bearer', 'Basic ', ',', ' ', '\t', '=', 'abc', 'DPoP '),
          anyText,
        ),
        { maxLength: 6 },
      ),
      fc.boolean(),
      (parts, takesDpop) => {
        const header = parts.join('')
        const found = parsePresentedToken(header, takesDpop)
        return (
          found.kind !== 'token' ||
          (/^[A-Za-z0-9._~+/-]+=*$/.test(found.token) &&
            (takesDpop || found.scheme === 'Bearer') &&
            new RegExp(`^\\s*${found.scheme} +`, 'i').test(header))
        )
      },
    ),
  },
  {
    title: 'a name comes back from a header as it went in, and anything else decodes without failing',
    runs: 3000,
    property: fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), anyText, (name, noise) => {
      const encoded = encodeHeaderValue(name)
      decodeHeaderValue(noise)
      decodeHeaderValue(`=?base64?${noise}?=`)
      return printable.test(encoded.replaceAll('\t', '')) && decodeHeaderValue(encoded) === name
    }),
  },
  {
    title: 'a message is what every parser of JSON reads, or refused without telling what it says',
    runs: 2000,
    property: fc.property(
      fc.oneof(fc.json({ maxDepth: 4 }), anyText, brokenMessage),
      fc.string({ maxLength: 5 }),
      (text, name) => {
        const repeated = `{${JSON.stringify(name)}:1,"x":[{}],${JSON.stringify(name)}:2}`
        const read = (input: string): { readonly value: unknown } | undefined => {
          try {
            return { value: parseStrictJson(input) }
          } catch (error) {
            if (error instanceof StrictJsonError && !error.message.includes(secret)) return undefined
            throw error
          }
        }
        const found = read(text)
        const isSame = found === undefined || JSON.stringify(found.value) === JSON.stringify(JSON.parse(text))
        return isSame && read(repeated) === undefined
      },
    ),
  },
]
