import { keycloak } from '@portico/keycloak'
import { describe, expect, it } from 'vitest'

import { describeKeyRotation, describeSignIn, type RealProvider } from './real-provider.ts'
import { client, signInThrough } from './sign-in-through.ts'

const url = process.env['PORTICO_TEST_KEYCLOAK_URL']
const person = { username: 'ada', password: 'analytical-engine' }

it.skipIf(url === undefined)(
  'finds Keycloak by PORTICO_TEST_KEYCLOAK_URL: `pnpm with:identity-servers vitest run e2e/real-providers` starts it',
  () => expect(URL.canParse(url ?? '')).toBe(true),
)

if (url !== undefined) {
  const real: RealProvider = {
    url,
    create: (keycloakBaseUrl, options) =>
      keycloak({ keycloakBaseUrl, realm: 'portico', ...options }, { development: true }),
    person,
    endsSessions: true,
    issuerMismatch: 'provider_issuer_mismatch',
  }
  describe('Keycloak', () => {
    describeSignIn(real)
    describeKeyRotation(real, () => addSigningKey(url), { atWill: true })

    it.each([
      ['engineering', 'example.com', 'login.succeeded'],
      ['finance', 'example.com', 'login.failed'],
      ['engineering', 'example.org', 'login.failed'],
    ])(
      'names groups and verified address: who needs group "%s" at %s gets %s',
      async (group, domain, event) => {
        const provider = keycloak(
          {
            keycloakBaseUrl: url,
            realm: 'portico',
            signIn: { allowedGroups: [group], allowedDomains: [domain] },
            ...client,
          },
          { development: true },
        )
        const peers = signInThrough(provider, { person })
        await peers.begin().then((page) => page.submit(person))
        expect(peers.events.map(({ name }) => name)).toContain(event)
      },
    )
  })
}

/** Adds a generated key that comes before the others (https://www.keycloak.org/docs/latest/server_admin/#rotating-keys). */
async function addSigningKey(origin: string): Promise<void> {
  const login = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: process.env['PORTICO_TEST_KEYCLOAK_ADMIN_USERNAME'] ?? '',
      password: process.env['PORTICO_TEST_KEYCLOAK_ADMIN_PASSWORD'] ?? '',
    }),
  })
  const { access_token: token } = (await login.json()) as { readonly access_token?: string }
  const response = await fetch(`${origin}/admin/realms/portico/components`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `rotated-${crypto.randomUUID()}`,
      providerId: 'rsa-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      config: { priority: [String(Date.now())], enabled: ['true'], active: ['true'], algorithm: ['RS256'] },
    }),
  })
  if (response.status !== 201) throw new Error(`Keycloak answered ${response.status} to a new key`)
}
