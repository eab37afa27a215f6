import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { findRuntime, processRuntimeIds, startWorker } from '@portico/runtimes'
import { nodeFetch } from '@portico/test-peers/node'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { buildPackages, packPackages, type PackedPackage } from '../../scripts/pack-packages.ts'
import { type PublicEntry, publicEntries } from '../../scripts/public-entries.ts'
import { readManifest, workspacePackages, workspaceRoot } from '../../scripts/workspace-packages.ts'
import { codeExamples } from './code-examples.ts'
import { compileExamples } from './compile-examples.ts'
import { type ContainerImage, installImage } from './container-image.ts'
import { EmptyProject } from './empty-project.ts'

const minutes = 60_000
const tarballs = mkdtempSync(join(tmpdir(), 'portico-tarballs-'))
const providers = workspacePackages().filter(({ path }) => path.startsWith('packages/providers/'))
const beside = new EmptyProject()
let packed: readonly PackedPackage[] = []

beforeAll(async () => {
  await buildPackages()
  packed = await packPackages(tarballs)
}, 5 * minutes)

afterAll(() => {
  beside[Symbol.dispose]()
  rmSync(tarballs, { recursive: true, force: true })
})

describe('packed packages in a project outside the workspace', () => {
  it.each(providers.map(({ name }) => name))(
    '%s works with only the core beside it',
    { timeout: 2 * minutes },
    async (name) => {
      await beside.install(packed, ['@portico/core', name])
      const others = providers.map((provider) => provider.name).filter((other) => other !== name)
      expect(beside.installed()).toContain(name)
      expect(beside.installed()).not.toEqual(expect.arrayContaining([expect.toBeOneOf(others)]))
      beside.write('server.js', serverWith(name))
      const metadata: unknown = JSON.parse(await beside.run(process.execPath, ['server.js']))
      expect(metadata).toMatchObject({
        issuer: 'https://mcp.example.com',
        authorization_endpoint: 'https://mcp.example.com/oauth/authorize',
        code_challenge_methods_supported: ['S256'],
      })
    },
  )

  it(
    'have the types and exports that the code in every README and guide uses',
    { timeout: 5 * minutes },
    async () => {
      using project = new EmptyProject()
      await project.install(
        packed,
        packed.map(({ name }) => name),
        Object.fromEntries(librariesOfExamples.map(([user, name]) => [name, installedVersion(user, name)])),
      )
      const examples = codeExamples()
      expect(examples.map(({ page }) => page)).toContain('README.md')
      expect(await compileExamples(project, examples)).toEqual([])
    },
  )

  it(
    'are imported by every runtime that they promise, and by none through a source file',
    { timeout: 5 * minutes },
    async () => {
      using project = new EmptyProject()
      const entries = publicEntries().filter(({ specifier }) => !needsTestRunner.test(specifier))
      await project.install(
        packed,
        packed.map(({ name }) => name),
      )
      for (const id of processRuntimeIds) {
        const runtime = findRuntime(id, 'built')
        if (!runtime) continue
        const promised = entries.filter(({ runtimes }) =>
          runtimes.some((name) => runtime.title.startsWith(name)),
        )
        project.write(`${id}.js`, importingProgram(promised))
        const [program, ...options] = runtime.command
        expect([id, JSON.parse(await project.run(program, [...options, `${id}.js`]))]).toEqual([
          id,
          names(promised),
        ])
      }
      const promised = entries.filter(({ runtimes }) => runtimes.includes('Workers'))
      project.write('worker.js', workerOf(promised))
      const worker = await startWorker(pathToFileURL(join(project.directory, 'worker.js')), {
        bindings: {},
        durableObjects: {},
        from: 'built',
      })
      onTestFinished(() => worker.close())
      const response = await nodeFetch(new Request(worker.origin))
      expect(await response.json()).toEqual(names(promised))
    },
  )
})

describe('what the container image holds', () => {
  let image: ContainerImage
  beforeAll(async () => {
    image = await installImage()
  }, 2 * minutes)
  afterAll(() => image?.remove())

  const storages: readonly (readonly [name: string, setting: string | undefined])[] = [
    // As the image sets it.
    ['SQLite in its volume', ''],
    ['PostgreSQL', process.env['PORTICO_TEST_POSTGRES_URL']],
    ['Redis', process.env['PORTICO_TEST_REDIS_URL']],
  ]
  for (const [name, setting] of storages) {
    it.skipIf(setting === undefined)(
      `serves on ${name} as a user without rights, and its health check tells when it does`,
      async () => {
        const running = await image.start({
          PORTICO_PUBLIC_URL: 'https://mcp.example.com',
          PORTICO_KEYS: randomBytes(32).toString('base64url'),
          LOGTO_ENDPOINT: 'https://acme.logto.app',
          LOGTO_CLIENT_ID: 'portico',
          LOGTO_CLIENT_SECRET: 'a-secret-of-the-test',
          DEMO_UPSTREAM_URL: 'https://upstream.example/mcp',
          NOTES_UPSTREAM_URL: 'https://upstream.example/mcp',
          ...(setting && { PORTICO_STORAGE: setting }),
        })
        onTestFinished(running.stop)
        await expect(running.checkHealth()).resolves.toBeDefined()
        await running.stop()
        await expect(running.checkHealth()).rejects.toThrow('exited with 1')
      },
    )
  }
})

/** What the examples use beside our own packages, and who in this workspace has it installed. */
const librariesOfExamples = [
  ['.', '@types/node'],
  ['apps/gateway', '@hono/node-server'],
  ['packages/core', 'hono'],
  ['packages/storages/postgres', '@types/pg'],
  ['packages/storages/postgres', 'pg'],
  ['packages/storages/postgres', 'postgres'],
  ['packages/storages/redis', 'ioredis'],
  ['packages/storages/redis', 'redis'],
] as const

/** The kits are tests: outside the runner they cannot be imported. */
const needsTestRunner = /^@portico\/testkit/

const names = (entries: readonly PublicEntry[]) => entries.map(({ specifier }) => specifier)

function imports(entries: readonly PublicEntry[]): string {
  const lines = entries.map(({ specifier }, index) => `import * as entry${index} from '${specifier}'`)
  const all = entries.map(({ specifier }, index) => `['${specifier}', entry${index}]`)
  return `${lines.join('\n')}
    const loaded = [${all.join(', ')}]
      .filter(([, module]) => Object.values(module).length > 0)
      .map(([name]) => name)`
}

/** Prints the names of what it could import. */
const importingProgram = (entries: readonly PublicEntry[]) =>
  `${imports(entries)}\nconsole.log(JSON.stringify(loaded))`

/** Answers with the names of what is in it. */
const workerOf = (entries: readonly PublicEntry[]) =>
  `${imports(entries)}\nexport default { fetch: () => Response.json(loaded) }`

function installedVersion(user: string, name: string): string {
  const { version } = readManifest(join(workspaceRoot, user, 'node_modules', name, 'package.json'))
  if (version === undefined) throw new Error(`${name} of ${user} has no version`)
  return version
}

/** A program with the call of the provider's factory that its README shows, which prints the server's metadata. */
function serverWith(name: string): string {
  const factory = name
    .slice('@portico/'.length)
    .replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
  const readme = readFileSync(join(packedPackage(name).directory, 'README.md'), 'utf8')
  const call = new RegExp(`\\b${factory}\\(\\{[\\s\\S]*?\\n?\\s*\\}\\)`).exec(readme)?.[0]
  if (call === undefined) throw new Error(`the README of ${name} shows no call of ${factory}({ … })`)
  return `
    import { createAuthorizationServer } from '@portico/core'
    import { ${factory} } from '${name}'
    import { createSafeFetch } from '@portico/safe-fetch'
    import { memoryStorage } from '@portico/storage'

    process.env = new Proxy(process.env, { get: (target, key) => target[key] ?? 'value-from-the-environment' })
    const provider = ${call}
    const server = createAuthorizationServer({
      publicUrl: 'https://mcp.example.com',
      providers: 'resolve' in provider ? provider.resolve(discoveryDocument(provider.discoveryUrl)) : provider,
      resources: [{ path: '/mcp/notes', name: 'Notes' }],
      storage: memoryStorage(),
      keys: ['${randomBytes(32).toString('base64url')}'],
      fetch: createSafeFetch(),
    })
    const url = server.issuer + '/.well-known/oauth-authorization-server'
    const response = await server.fetch(new Request(url))
    console.log(await response.text())

    function discoveryDocument(url) {
      const issuer = url.replace('/.well-known/openid-configuration', '')
      return {
        issuer,
        authorization_endpoint: issuer + '/authorize',
        token_endpoint: issuer + '/token',
        jwks_uri: issuer + '/keys',
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      }
    }
  `
}

function packedPackage(name: string): PackedPackage {
  const found = packed.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`${name} is not public, so it was not packed`)
  return found
}
