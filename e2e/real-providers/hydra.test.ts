import { ory } from '@portico/ory'
import { describe, expect, it } from 'vitest'

import { applicationUrl, hydraLoginApplication } from './hydra-login-application.ts'
import { describeKeyRotation, describeSignIn, type RealProvider } from './real-provider.ts'

const url = process.env['PORTICO_TEST_HYDRA_URL']
const administration = process.env['PORTICO_TEST_HYDRA_ADMIN_URL'] ?? ''
const person = { username: 'ada', password: 'analytical-engine' }

it.skipIf(url === undefined)(
  'finds Ory Hydra by PORTICO_TEST_HYDRA_URL: `pnpm with:identity-servers vitest run e2e/real-providers` starts it',
  () => expect(URL.canParse(url ?? '')).toBe(true),
)

if (url !== undefined) {
  const real: RealProvider = {
    url,
    create: (oryUrl, options) => ory({ oryUrl, ...options }, { development: true }),
    person,
    applications: { [applicationUrl]: hydraLoginApplication(administration, person) },
    endsSessions: true,
    issuerMismatch: 'id_token_issuer_mismatch',
  }
  describe('Ory Hydra', () => {
    describeSignIn(real)
    describeKeyRotation(real, addSigningKey, { atWill: true })
  })
}

/** Hydra signs with the newest key of this set (https://www.ory.sh/docs/hydra/jwks). */
async function addSigningKey(): Promise<void> {
  const response = await fetch(`${administration}/admin/keys/hydra.openid.id-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alg: 'RS256', use: 'sig', kid: crypto.randomUUID() }),
  })
  if (response.status !== 201) throw new Error(`Ory Hydra answered ${response.status} to a new key`)
}
