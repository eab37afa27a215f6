import { dex } from '@portico/dex'
import { describe, expect, it, vi } from 'vitest'

import { describeKeyRotation, describeSignIn, type RealProvider } from './real-provider.ts'

const url = process.env['PORTICO_TEST_DEX_URL']

it.skipIf(url === undefined)(
  'finds Dex by PORTICO_TEST_DEX_URL: `pnpm with:identity-servers vitest run e2e/real-providers` starts it',
  () => expect(URL.canParse(url ?? '')).toBe(true),
)

if (url !== undefined) {
  const real: RealProvider = {
    url,
    create: (dexIssuer, options) => dex({ dexIssuer, ...options }, { development: true }),
    person: { username: 'ada@example.com', password: 'password' },
    // This version of Dex keeps no session.
    endsSessions: false,
    issuerMismatch: 'id_token_issuer_mismatch',
  }
  describe('Dex', () => {
    describeSignIn(real)
    describeKeyRotation(real, untilNewSigningKey, { atWill: false })
  })
}

/** Nobody can tell Dex to rotate its keys: it does so itself, all of 30 seconds. The key that signs comes first. */
async function untilNewSigningKey(): Promise<void> {
  const before = await signingKey()
  await vi.waitFor(async () => expect(await signingKey()).not.toBe(before), {
    timeout: 120_000,
    interval: 500,
  })
}

async function signingKey(): Promise<string | undefined> {
  const { keys } = (await (await fetch(`${url}/keys`)).json()) as { keys: { kid: string }[] }
  return keys[0]?.kid
}
