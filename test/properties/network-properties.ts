import * as fc from 'fast-check'

import { createClientDocuments } from '../../packages/core/src/clients/client-documents.ts'
import { MalformedBodyError } from '../../packages/mcp/src/body-filter.ts'
import { filterEvents } from '../../packages/mcp/src/message-filters.ts'
import { createAddressGuard } from '../../packages/safe-fetch/src/address-guard.ts'
import { UnsafeUrlError } from '../../packages/safe-fetch/src/unsafe-url-error.ts'
import { memoryStorage } from '../../packages/storage/src/memory-storage.ts'
import type { ParserProperty } from './property.ts'
import { hostileUrl } from './redirect-uri-properties.ts'

const guard = createAddressGuard({})
const secret = 'S3cr3t-that-nobody-may-tell'
const privateIPv4 = fc.oneof(
  fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
  fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
  fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
  fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
)

/** The ways in which an IPv6 address carries an IPv4 address, and the ways a host spells one. */
function disguises([a, b, c, d]: readonly [number, number, number, number]): readonly string[] {
  const hex = (first: number, second: number) => ((first << 8) | second).toString(16)
  const [high, low] = [hex(a, b), hex(c, d)]
  const inverted = `${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`
  return [
    `${a}.${b}.${c}.${d}`,
    String(((a * 256 + b) * 256 + c) * 256 + d),
    `0x${a.toString(16)}.${b}.${c}.${d}`,
    `0${a.toString(8)}.${b}.${c}.${d}`,
    `[::ffff:${high}:${low}]`,
    `[::${high}:${low}]`,
    `[64:ff9b::${high}:${low}]`,
    `[64:ff9b:1::${high}:${low}]`,
    `[2002:${high}:${low}::1]`,
    `[2001:0:1:2:3:4:${inverted}]`,
    `[2606:4700::5efe:${high}:${low}]`,
    `[::ffff:0:${high}:${low}]`,
  ]
}

function isRefused(url: string): boolean {
  try {
    guard.checkUrl(url)
    return false
  } catch (error) {
    if (error instanceof UnsafeUrlError) return true
    throw error
  }
}

/** Where an address has room for a secret, and what makes it one that is refused. */
const secretAddress = fc
  .record({
    scheme: fc.constantFrom('https', 'http', 'ftp', 'javascript', 'data', 'Https', ''),
    separator: fc.constantFrom('://', ':', ':/', '//', ''),
    user: fc.constantFrom('', `${secret}@`, `user:${secret}@`, `${secret}:@`),
    host: fc.oneof(
      fc.constantFrom(
        '10.0.0.1',
        'localhost',
        'printer.local',
        'client.example',
        'client.example.',
        '[::1]',
        '',
      ),
      fc.domain(),
    ),
    port: fc.constantFrom('', ':0', ':443', ':99999', ':x'),
    rest: fc.constantFrom('', `/${secret}`, `/?token=${secret}`, `#${secret}`, `\\${secret}`),
  })
  .map(({ scheme, separator, user, host, port, rest }) => `${scheme}${separator}${user}${host}${port}${rest}`)

const hidden = 'delete-everything'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const line = fc.oneof(
  fc.constantFrom('data', 'data: ', 'data:', ': ', 'event: message', 'id: 1', 'retry: 5', ''),
  fc.json({ maxDepth: 2 }).map((json) => `data: ${json}`),
  fc.constant(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: hidden }] } })}`),
  fc.constant(`data: {"jsonrpc":"2.0","id":1,\ndata: "result":{"tools":[{"name":"${hidden}"}]}}`),
  fc.string({ maxLength: 20 }),
)

/** The messages that a reader of the stream finds, one that takes an unfinished last event among them. */
function messagesIn(stream: string): readonly string[] {
  const isMessage = (text: string): boolean => {
    try {
      return typeof JSON.parse(text) === 'object'
    } catch {
      return false
    }
  }
  return stream
    .replaceAll(/\r\n?/g, '\n')
    .split('\n\n')
    .map((event) =>
      event
        .split('\n')
        .filter((each) => each.startsWith('data:'))
        .map((each) => each.replace(/^data: ?/, ''))
        .join('\n'),
    )
    .filter(isMessage)
}

/** Takes away what is hidden, as a capability policy does. */
function withoutHidden(message: Readonly<Record<string, unknown>>) {
  return JSON.parse(JSON.stringify(message).replaceAll(hidden, 'visible')) as Record<string, unknown>
}

export const networkProperties: readonly ParserProperty[] = [
  {
    title: 'no spelling of an inside address is fetched from',
    runs: 1000,
    property: fc.property(privateIPv4, fc.nat(65_535), (address, port) =>
      disguises(address).every((host) => isRefused(`https://${host}:${port}/x`)),
    ),
  },
  {
    title: 'what is fetched from is https, without user information and not of the local network',
    runs: 3000,
    property: fc.property(hostileUrl, (text) => {
      if (isRefused(text)) return true
      const { protocol, username, hostname } = new URL(text)
      return (
        protocol === 'https:' &&
        username === '' &&
        hostname.includes('.') &&
        !/(?:^|\.)localhost$|^(?:127|10)(?:\.\d+){3}$/.test(hostname)
      )
    }),
  },
  {
    title: 'an address that is refused is told without its user, password, path and query',
    runs: 2000,
    property: fc.property(secretAddress, (text) => {
      try {
        guard.checkUrl(text)
        return true
      } catch (error) {
        if (!(error instanceof UnsafeUrlError)) throw error
        return !error.message.includes(secret)
      }
    }),
  },
  {
    title:
      'a client document makes a client of its very URL, or none, and what is told of it holds no secret',
    runs: 500,
    property: fc.asyncProperty(
      fc.oneof(hostileUrl, fc.constantFrom('https://client.example/c', 'https://client.example/c?x=1')),
      fc.oneof(fc.json({ maxDepth: 3 }), fc.string(), fc.constant(undefined)),
      fc.constantFrom(
        {},
        { client_secret: secret },
        { jwks: { keys: [{ kty: 'oct', k: secret }] } },
        { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: secret }] } },
        { jwks_uri: `https://user:${secret}@client.example/jwks` },
        { redirect_uris: [`https://user:${secret}@client.example/cb`] },
      ),
      async (clientId, body, told) => {
        const document = {
          client_id: clientId,
          client_name: 'C',
          redirect_uris: ['https://client.example/cb'],
          ...told,
        }
        const asked: string[] = []
        const events: string[] = []
        const documents = createClientDocuments({
          storage: memoryStorage(),
          fetch: (url) => {
            asked.push(String(url))
            return Promise.resolve(
              new Response(body ?? JSON.stringify(document), {
                headers: { 'content-type': 'application/json' },
              }),
            )
          },
          budget: { spend: () => undefined },
          now: () => 1_800_000_000,
          emit: ({ cause, ...event }) => events.push(`${JSON.stringify(event)} ${String(cause)}`),
          privateUseSchemes: [],
          documentPolicy: { hosts: new Map(), others: 'allow' },
          grantTypes: ['authorization_code', 'refresh_token'],
          unusedTtlSeconds: 60,
          ttlSeconds: 60,
          development: false,
        })
        const found = await documents.find(clientId, 'authorize')
        if (asked.some((url) => url !== clientId || new URL(url).protocol !== 'https:')) return false
        if (events.some((event) => event.includes(secret))) return false
        return found === undefined || (found.clientId === clientId && found.redirectUris.length > 0)
      },
    ),
  },
  {
    title: 'an event stream shows nothing that is hidden, wherever it is cut',
    runs: 1000,
    property: fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(400), { maxLength: 6 }),
      (lines, end, cuts) => {
        const text = bytes(lines.map((each) => each.replaceAll('\n', end) + end).join(''))
        const filter = filterEvents(withoutHidden, [])
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted(
          (one, other) => one - other,
        )
        let seen = ''
        try {
          for (const [index, to] of [...at, text.length].entries()) {
            const piece = filter.push(text.subarray(index === 0 ? 0 : (at[index - 1] ?? 0), to))
            if (piece) seen += new TextDecoder().decode(piece)
          }
          const rest = filter.end()
          if (rest) seen += new TextDecoder().decode(rest)
        } catch (error) {
          if (!(error instanceof MalformedBodyError)) throw error
          if (error.message.includes(hidden)) return false
        }
        return messagesIn(seen).every((message) => !message.includes(hidden))
      },
    ),
  },
]
