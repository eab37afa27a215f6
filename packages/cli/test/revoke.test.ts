import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openStorage } from '../src/open-storage.ts'
import { readSettings } from '../src/settings.ts'
import { portico } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const files = {
  'config/policies.json': {
    name: 'staff',
    policyType: 'mcp-logto-oauth-inbound',
    handler: {
      module: '$import(@portico/logto)',
      export: 'logto',
      options: {
        logtoEndpoint: 'http://localhost:3001',
        clientId: 'k9x2m4',
        clientSecret: 'wJ8vT2nQx5LrB7kYp3Zs',
      },
    },
  },
  'config/routes.oas.json': {
    openapi: '3.1.0',
    info: { title: 'Gateway', version: '1.0.0' },
    paths: {
      '/mcp/demo': {
        'get,post': {
          operationId: 'demo',
          'x-portico-route': {
            handler: {
              module: '$import(@portico/mcp)',
              export: 'McpProxyHandler',
              options: { rewritePattern: 'https://demo.example/mcp' },
            },
            policies: { inbound: ['staff'] },
          },
        },
      },
    },
  },
}

async function withGrant() {
  const directory = temporaryDirectory(files)
  const { settings } = readSettings({})
  const opened = await openStorage(settings.storage, directory)
  const grant = {
    v: 1,
    id: 'g',
    subject: 'ada',
    clientId: 'c',
    resource: 'r',
    issuer: 'r',
    scope: '',
    createdAt: 1,
  }
  await opened.storage.set(['grant', 'g'], {
    value: { ...grant, expiresAt: 4_000_000_000 },
    group: 'subject:ada',
  })
  await opened.storage.set(['session', 's'], {
    value: { v: 1, subject: 'ada', provider: 'logto', authenticatedAt: 1, createdAt: 1 },
    group: 'sessions:ada',
  })
  await opened.close()
  const left = async () => {
    const again = await openStorage(settings.storage, directory)
    const found = [
      ...(await again.storage.list('subject:ada')),
      ...(await again.storage.list('sessions:ada')),
    ].map(({ key }) => key[0])
    const cutoff = await again.storage.get(['cutoff', '(all)'])
    await again.close()
    return { found, cutoff: cutoff?.value }
  }
  return { directory, left }
}

describe('portico revoke', () => {
  it('AS-82 ends the grants and sessions of a user', async () => {
    const { directory, left } = await withGrant()
    const { code, output, errors } = await portico(['revoke', '--user', 'ada', '--json'], { directory })
    expect(errors).toBe('')
    expect(JSON.parse(output)).toEqual({ grants: 1, sessions: 1, seenWithinSeconds: 5 })
    expect(code).toBe(0)
    expect(await left()).toMatchObject({ found: [] })
  })

  it('AS-82 leaves sessions where one client is named, and what is later than the time', async () => {
    const { directory, left } = await withGrant()
    await portico(['revoke', '--user', 'ada', '--before', '1970-01-01T00:00:00Z'], { directory })
    expect((await left()).found).toEqual(['grant', 'session'])
    const { output } = await portico(['revoke', '--user', 'ada', '--client', 'c'], { directory })
    expect(output).toBe('Ended grants: 1. A running gateway sees it within 5 seconds.\n')
    expect((await left()).found).toEqual(['session'])
  })

  it('AS-82 cuts off everybody up to a time', async () => {
    const { directory, left } = await withGrant()
    const { output } = await portico(['revoke', '--before', '2026-08-01T12:00:00Z'], { directory })
    expect(output).toContain('Everything up to that time is revoked.')
    expect((await left()).cutoff).toMatchObject({ before: 1_785_585_600 })
  })

  it('AS-82 ends what users allowed a client, up to now', async () => {
    const { directory } = await withGrant()
    const { output } = await portico(['revoke', '--client', 'c'], { directory })
    expect(output).toBe(
      'What users allowed the client "c" up to now is revoked. A running gateway sees it within 5 seconds.\n',
    )
  })

  it('says what --user takes where there is nothing to end', async () => {
    const { directory } = await withGrant()
    const { code, output } = await portico(['revoke', '--user', 'ada@example.com'], { directory })
    expect(output).toContain('Found nothing to end for "ada@example.com". --user takes the subject')
    expect(code).toBe(0)
  })

  it('refuses to look for access in a directory where no gateway has run', async () => {
    const directory = temporaryDirectory(files)
    const { code, errors } = await portico(['revoke', '--user', 'ada'], { directory })
    expect(errors).toContain('data/portico.db does not exist: run this where the gateway runs')
    expect(code).toBe(1)
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })

  it.each<[string, readonly string[], string, number]>([
    ['nothing', [], 'needs --user, --client or --before', 2],
    ['no time', ['--before', 'yesterday'], '"yesterday" is not a time', 2],
    ['a time to come', ['--before', '4000000000'], 'before must be Unix seconds, and not in the future', 1],
  ])('refuses %s', async (_, given, message, expected) => {
    const { directory } = await withGrant()
    const { code, errors } = await portico(['revoke', ...given], { directory })
    expect(errors).toContain(message)
    expect(code).toBe(expected)
  })

  it('points to the admin API where records are in the memory of another process', async () => {
    const directory = temporaryDirectory(files)
    const environment = { PORTICO_STORAGE: 'memory:' }
    const { code, errors } = await portico(['revoke', '--client', 'c'], { directory, environment })
    expect(errors).toContain('POST /admin/api/revocations')
    expect(code).toBe(1)
  })
})
