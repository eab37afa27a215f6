import * as fc from 'fast-check'

import { localPath } from '../../packages/core/src/browser/local-path.ts'
import {
  classifyRedirectUri,
  defaultPrivateUseSchemes,
  matchRedirectUri,
} from '../../packages/core/src/clients/redirect-uri.ts'
import type { ParserProperty } from './property.ts'

const pieces = fc.constantFrom(
  'https', 'http', 'javascript', 'data', 'JavaScript', 'file', 'cursor', 'com.example.app',
  ':', '://', '/', '\\', '//', '@', '#', '?', '.', '..', '%2e', '%2F', '%00', '\t', '\n', ' ',
  'localhost', '127.0.0.1', '[::1]', '[::ffff:7f00:1]', '2130706433', 'evil.example', 'client.example', ':80', ':443', ':99999',
) // prettier-ignore
/** Texts that look like addresses, to parsers that look differently. */
export const hostileUrl = fc.oneof(
  { weight: 3, arbitrary: fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
)

const dangerous = /^(javascript|data|vbscript|file|blob|about|mailto|ws|wss|ftp):/i
const portless = (uri: string): string =>
  uri.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\d+/, '$1')
const origin = 'https://mcp.example.com'

export const redirectUriProperties: readonly ParserProperty[] = [
  {
    title: 'a redirect URI is https or loopback only where a browser takes it there, and never runs code',
    runs: 3000,
    property: fc.property(hostileUrl, (uri) => {
      const kind = classifyRedirectUri(uri, [...defaultPrivateUseSchemes, 'javascript', 'data'])
      if (typeof kind !== 'string') return kind.message.length > 0
      if (dangerous.test(uri.trim())) return false
      const url = new URL(uri)
      if (kind === 'https') return url.protocol === 'https:' && url.username === '' && url.hash === ''
      if (kind === 'loopback') return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
      return !['http:', 'https:'].includes(url.protocol)
    }),
  },
  {
    title: 'a redirect goes to a registered URI, or to one that differs in the port of loopback alone',
    runs: 3000,
    property: fc.property(
      fc.array(hostileUrl, { minLength: 1, maxLength: 4 }),
      hostileUrl,
      (redirectUris, asked) => {
        for (const requested of [asked, ...redirectUris]) {
          const matched = matchRedirectUri({ redirectUris }, requested)
          if (matched === undefined) continue
          if (matched !== requested || !redirectUris.map(portless).includes(portless(matched))) return false
        }
        return true
      },
    ),
  },
  {
    title: 'a path to return to leads to this origin',
    runs: 3000,
    property: fc.property(hostileUrl, (text) => {
      const path = localPath({ publicUrl: origin, basePath: '/oauth' }, text)
      return path === undefined || (new URL(path, origin).origin === origin && !/^\/[/\\]/.test(path))
    }),
  },
]
