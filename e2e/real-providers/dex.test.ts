import { dex } from '@portico/dex'
import { describe, expect, it } from 'vitest'

import { describeSignIn, type RealProvider } from './real-provider.ts'

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
  // Nobody can tell Dex to rotate its keys: it looks every 30 seconds whether the time has come.
  describe('Dex', () => {
    describeSignIn(real)
  })
}
