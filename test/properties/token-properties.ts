import * as fc from 'fast-check'

import { createAuthorizationServer } from '../../packages/core/src/authorization-server.ts'
import { readRefreshToken, refreshToken } from '../../packages/core/src/tokens/refresh-token.ts'
import { createVault, SealError } from '../../packages/core/src/vault.ts'
import { oidc } from '../../packages/providers/oidc/src/index.ts'
import { memoryStorage } from '../../packages/storage/src/memory-storage.ts'
import type { ParserProperty } from './property.ts'

const publicUrl = 'https://mcp.example.com'
const resource = `${publicUrl}/mcp/demo`
const secret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'
const keyring = ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc']
const key = new Uint8Array(32).fill(7)

/** One change to a text: a character, a cut, an insertion, or a part put elsewhere. */
const change = fc.record({
  kind: fc.constantFrom('replace', 'cut', 'insert', 'swap', 'header', 'claims'),
  at: fc.nat(2000),
  text: fc.oneof(
    fc.constantFrom('A', '=', '.', ' ', '\n', '-', '_', '+', '/', '%2E'),
    fc.string({ maxLength: 3 }),
  ),
  header: fc.dictionary(
    fc.constantFrom('alg', 'kid', 'typ', 'crit', 'jwk', 'jku', 'x5u', 'b64', 'zip'),
    fc.oneof(
      fc.constantFrom('none', 'HS256', 'ES256', 'at+jwt', 'JWT', ['exp'], false),
      fc.string({ maxLength: 8 }),
    ),
    { minKeys: 1 },
  ),
})
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

function changed(token: string, { kind, at, text, header }: Change): string {
  const index = at % (token.length + 1)
  const parts = token.split('.')
  switch (kind) {
    case 'replace':
      return token.slice(0, index) + text + token.slice(index + 1)
    case 'cut':
      return token.slice(0, index)
    case 'insert':
      return token.slice(0, index) + text + token.slice(index)
    case 'swap':
      return parts.toReversed().join('.')
    default: {
      const which = kind === 'header' ? 0 : 1
      const members = JSON.parse(Buffer.from(parts[which] ?? '', 'base64url').toString()) as object
      const next = Buffer.from(JSON.stringify({ ...members, ...header })).toString('base64url')
      return parts.with(which, next).join('.')
    }
  }
}

/** What reached the operator of the server since somebody last looked. */
const told: string[] = []

const server = createAuthorizationServer({
  publicUrl,
  onEvent: ({ cause, ...event }) => told.push(`${JSON.stringify(event)} ${String(cause)}`),
  providers: oidc({
    clientId: 'client',
    clientSecret: secret,
    oidc: { issuer: 'https://idp.example', jwksUrl: 'https://idp.example/jwks' },
    browserLogin: { url: 'https://idp.example/authorize', tokenUrl: 'https://idp.example/token' },
  }) as Parameters<typeof createAuthorizationServer>[0]['providers'],
  resources: [{ path: '/mcp/demo', name: 'Demo' }],
  clients: [
    {
      clientId: 'machine',
      name: 'Machine',
      clientSecret: secret,
      grantTypes: ['client_credentials'],
      resources: ['/mcp/demo'],
    },
  ],
  storage: memoryStorage(),
  keys: keyring,
  rateLimits: false,
})

async function issueToken(): Promise<string> {
  const response = await server.fetch(
    new Request(`${publicUrl}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`machine:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    }),
  )
  return ((await response.json()) as { readonly access_token: string }).access_token
}

let issued: Promise<string> | undefined
/** A token that is valid while the run lasts: a new one every few minutes. */
let issuedAt = 0
function validToken(): Promise<string> {
  if (issued === undefined || Date.now() - issuedAt > 300_000) {
    issuedAt = Date.now()
    issued = issueToken()
  }
  return issued
}

const vault = createVault(keyring)

export const tokenProperties: readonly ParserProperty[] = [
  {
    title: 'an access token that was changed in any way lets nobody in, and is told to nobody',
    runs: 500,
    property: fc.asyncProperty(change, async (how) => {
      const token = await validToken()
      const forged = changed(token, how)
      if (forged === token) return (await server.verifyAccessToken(token, resource)) !== undefined
      if ((await server.verifyAccessToken(forged, resource)) !== undefined) return false
      const signature = token.slice(token.lastIndexOf('.') + 1)
      return told.splice(0).every((line) => !line.includes(signature) && !line.includes(secret))
    }),
  },
  {
    title: 'a refresh token that was changed in any way is none',
    runs: 2000,
    property: fc.property(change, fc.nat(1000), (how, generation) => {
      const token = refreshToken(key, { chainId: 'c'.repeat(43), generation })
      const forged =
        how.kind === 'header' || how.kind === 'claims' ? `${token}${how.text}` : changed(token, how)
      return (readRefreshToken(key, forged) !== undefined) === (forged === token)
    }),
  },
  {
    title: 'a sealed text opens unchanged, in its own context, or not at all and untold',
    runs: 500,
    property: fc.asyncProperty(
      fc.string({ maxLength: 60 }),
      fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      change,
      async (noise, context, how) => {
        const text = `${secret}${noise}`
        const sealed = await vault.seal(text, context)
        if ((await vault.open(sealed, context)) !== text) return false
        const opens = (candidate: string, words: readonly string[]) =>
          vault.open(candidate, words).then(
            () => true,
            (error: unknown) => {
              if (error instanceof SealError && !error.message.includes(secret)) return false
              throw error
            },
          )
        const forged =
          how.kind === 'header' || how.kind === 'claims' ? `${sealed}${how.text}` : changed(sealed, how)
        return (
          !(await opens(sealed, [...context, 'x'])) && (forged === sealed || !(await opens(forged, context)))
        )
      },
    ),
  },
]
