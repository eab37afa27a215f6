import { ConfigError } from '@portico/provider'
import { describe, expect, it } from 'vitest'

import { resolveProvider } from '../src/resolve-provider.ts'
import { acme } from './config-files.ts'

const options = { acmeDomain: 'acme.example', clientId: 'gateway', clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M' }
const address = 'https://acme.example/.well-known/openid-configuration'
const published = {
  issuer: 'https://acme.example',
  jwks_uri: 'https://acme.example/jwks',
  authorization_endpoint: 'https://acme.example/auth',
  token_endpoint: 'https://acme.example/token',
}

/** What the operator is told when the provider answers like this, and what was asked for. */
async function told(answer: () => Response, verifyDiscovery = true) {
  const asked: string[] = []
  const fetch = (url: string | URL) => {
    asked.push(String(url))
    return Promise.resolve().then(answer)
  }
  try {
    await resolveProvider(acme({ ...options, verifyDiscovery }), fetch)
    return { asked, problems: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { asked, problems: error.problems.map(({ option, problem }) => `${option} ${problem}`) }
  }
}

describe('verifyDiscovery', () => {
  it('accepts a provider that publishes what is derived, whatever else it says', async () => {
    const answer = () => Response.json({ ...published, code_challenge_methods_supported: ['plain'] })
    expect(await told(answer)).toEqual({ asked: [address], problems: [] })
  })

  it.each(Object.entries(published))(
    'IDP-07 names another %s than %s, and a missing one',
    async (member, ours) => {
      const other = await told(() => Response.json({ ...published, [member]: `${ours}/` }))
      expect(other.problems).toEqual([
        `verifyDiscovery finds the ${member} "${ours}/" at ${address}, derived is "${ours}"`,
      ])
      const missing = await told(() => Response.json({ ...published, [member]: undefined }))
      expect(missing.problems).toEqual([
        `verifyDiscovery finds the ${member} missing at ${address}, derived is "${ours}"`,
      ])
    },
  )

  it('takes the public addresses of a server that is asked inside a private network', async () => {
    const inside = { ...acme(options), verifyDiscovery: true as const }
    const provider = {
      ...inside,
      oidc: {
        issuer: 'https://acme.example',
        jwksUrl: 'https://acme.internal/jwks',
        discoveryUrl: 'https://acme.internal/.well-known/openid-configuration',
      },
      browserLogin: { url: 'https://acme.example/auth', tokenUrl: 'https://acme.internal/token' },
    }
    const resolve = (document: object) =>
      resolveProvider(provider, () => Promise.resolve(Response.json(document)))
    expect(await resolve(published)).toBe(provider)
    await expect(resolve({ ...published, token_endpoint: 'https://acme.example/other' })).rejects.toThrow(
      'derived is "https://acme.internal/token"',
    )
  })

  it('names every difference at once', async () => {
    expect((await told(() => Response.json({}))).problems).toHaveLength(4)
  })

  it.each([
    ['answered 503', () => new Response('', { status: 503 })],
    ['did not answer with JSON', () => new Response('<h1>Hello</h1>')],
    [
      'could not be fetched: connect ECONNREFUSED',
      () => {
        throw new TypeError('connect ECONNREFUSED')
      },
    ],
  ])('refuses a document that %s', async (why, answer) => {
    expect((await told(answer)).problems).toEqual([`verifyDiscovery needs ${address}, which ${why}`])
  })

  it('fetches nothing unless it is asked for: a start does not depend on the provider', async () => {
    expect(await told(() => new Response('', { status: 503 }), false)).toEqual({ asked: [], problems: [] })
  })
})
