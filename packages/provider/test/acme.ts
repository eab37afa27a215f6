import { z } from 'zod'

import { bareOrigin, ConfigError, defineProvider, pathSegment } from '../src/index.ts'

/** A provider with one option of each kind, for the tests of what all providers have in common. */
export const acme = defineProvider({
  id: 'acme',
  name: 'Acme',
  options: {
    acmeEndpoint: bareOrigin('Address of the server, e.g. `https://id.acme.example`.'),
    tenant: pathSegment('Name of the tenant.').optional(),
    plan: z.enum(['free', 'enterprise']).optional(),
  },
  derive: ({ acmeEndpoint, tenant, plan }, report) => {
    if (plan === 'free' && tenant !== undefined) {
      report('tenant', 'is not part of the free plan', 'Remove it, or set plan to "enterprise".')
    }
    const base = `${acmeEndpoint}${tenant === undefined ? '' : `/${encodeURIComponent(tenant)}`}`
    return {
      oidc: { issuer: base, jwksUrl: `${base}/keys`, requiredClaims: { plan: 'any' } },
      browserLogin: { url: `${base}/authorize`, tokenUrl: `${base}/token`, parameters: { ui: 'plain' } },
    }
  },
  explain: { account_locked: 'Unlock the account.', 'not assigned': 'Assign the user.' },
})

export const acmeOptions = {
  acmeEndpoint: 'https://id.acme.example',
  clientId: 'portico',
  clientSecret: 'correct-horse-battery',
}

/** The sentences of the error that `build` ends with. */
export function sentencesOf(build: () => unknown): readonly string[] {
  try {
    build()
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ option, problem, remedy }) =>
        remedy === undefined ? `${option} ${problem}.` : `${option} ${problem}. ${remedy}`,
      )
    }
    throw error
  }
  return []
}
