import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Host, runCommand } from '../src/index.ts'

const document = {
  issuer: 'https://id.acme.test/oidc',
  jwks_uri: 'https://id.acme.test/oidc/keys',
  authorization_endpoint: 'https://login.acme.test/authorize',
  token_endpoint: 'https://id.acme.test/oidc/token',
}
const issuer = ['--issuer', document.issuer]

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'create-provider-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function run(commandLine: readonly string[], changes: Partial<Host> = {}) {
  let output = ''
  let errors = ''
  const code = await runCommand(commandLine, {
    directory,
    write: (text) => {
      output += text
    },
    writeError: (text) => {
      errors += text
    },
    fetch: () => Promise.reject(new Error('no network')),
    ranges: { '@portico/provider': '^1.2.0', '@portico/testkit': '^1.3.0', vitest: '^5.0.0', zod: '^4.0.0' },
    format: () => Promise.resolve(),
    ...changes,
  })
  return { code, output, errors }
}

const publishing = (body: unknown, status = 200): Partial<Host> => ({
  fetch: () => Promise.resolve(Response.json(body, { status })),
})
const text = (path: string): string => readFileSync(join(directory, path), 'utf8')
const files = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort()

describe('a package outside the repository', () => {
  it('is written whole, with published names and ranges', async () => {
    const { code, output } = await run(['acme-id', '--yes', '--package', '@acme/portico-provider'])
    expect(code).toBe(0)
    expect(files()).toEqual([
      'portico-provider/.gitignore',
      'portico-provider/README.md',
      'portico-provider/package.json',
      'portico-provider/src/index.ts',
      'portico-provider/test/acme-id.test.ts',
      'portico-provider/tsconfig.json',
    ])
    const manifest = JSON.parse(text('portico-provider/package.json')) as object
    expect(manifest).toMatchObject({
      name: '@acme/portico-provider',
      dependencies: { '@portico/provider': '^1.2.0' },
      devDependencies: { '@portico/testkit': '^1.3.0', vitest: '^5.0.0' },
    })
    expect(JSON.stringify(manifest)).not.toContain('@portico/source')
    expect(text('portico-provider/README.md')).toContain('"module": "$import(@acme/portico-provider)"')
    expect(text('portico-provider/src/index.ts')).toContain('export const acmeId = defineProvider({')
    expect(output).toContain('npm test')
  })

  it.each(['oidc', 'oauth2', 'private'])('of the kind %s has three marked places', async (kind) => {
    await run(['acme', '--kind', kind, '--yes'])
    const written = `${text('portico-provider-acme/src/index.ts')}${text('portico-provider-acme/test/acme.test.ts')}`
    expect(written.match(/Place \d of 3: fill in/g)).toEqual(
      ['1', '2', '3'].map((place) => `Place ${place} of 3: fill in`),
    )
    expect(text('portico-provider-acme/package.json').includes('"zod"')).toBe(kind !== 'oidc')
  })
})

describe('a package of the repository', () => {
  it('has a changeset and is formatted', async () => {
    const formatted: string[] = []
    const { code } = await run(['acme-id', '--workspace', '--yes', '--name', 'Acme ID'], {
      format: async (folder) => void formatted.push(folder),
    })
    expect(code).toBe(0)
    expect(formatted).toEqual([join(directory, 'packages/providers/acme-id')])
    expect(files()).toEqual(
      [
        '.changeset/provider-acme-id.md',
        ...[
          'README.md',
          'package.json',
          'src/index.ts',
          'test/acme-id.test.ts',
          'tsconfig.json',
          'turbo.json',
        ].map((file) => `packages/providers/acme-id/${file}`),
      ].sort(),
    )
    expect(text('.changeset/provider-acme-id.md')).toBe(
      "---\n'@portico/acme-id': minor\n---\n\nSign in with Acme ID.\n",
    )
  })

  it('has the manifest, configuration and headings of the packages that are there', async () => {
    await run(['acme', '--workspace', '--yes'])
    const read = (id: string, file: string): string =>
      id === 'acme'
        ? text(`packages/providers/acme/${file}`)
        : readFileSync(new URL(`../../providers/${id}/${file}`, import.meta.url), 'utf8')
    const common = (id: string): object => ({
      ...(JSON.parse(read(id, 'package.json')) as object),
      name: '',
      description: '',
      version: '',
      dependencies: {},
    })
    expect(common('acme')).toEqual(common('keycloak'))
    for (const file of ['tsconfig.json', 'turbo.json'])
      expect(read('acme', file)).toBe(read('keycloak', file))
    const headings = (id: string): string[] => read(id, 'README.md').match(/^## .+$/gm) ?? []
    expect(headings('acme')).toEqual(headings('keycloak'))
  })
})

describe('the discovery document', () => {
  it('becomes a fixture and fills two places', async () => {
    const asked: string[] = []
    const { code, errors } = await run(['acme', ...issuer, '--yes'], {
      fetch: (url) => {
        asked.push(String(url))
        return Promise.resolve(Response.json(document))
      },
    })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(asked).toEqual([`${document.issuer}/.well-known/openid-configuration`])
    const fixture = JSON.parse(text('portico-provider-acme/test/fixtures/discovery-1.json')) as object
    expect(fixture).toEqual({
      source: asked[0],
      kind: 'real',
      options: { acmeEndpoint: 'https://id.acme.test' },
      document,
    })
    const source = text('portico-provider-acme/src/index.ts')
    expect(source).toContain('issuer: `${acmeEndpoint}/oidc`')
    expect(source).toContain('jwksUrl: `${acmeEndpoint}/oidc/keys`')
    expect(source).toContain("url: 'https://login.acme.test/authorize'")
    expect(text('portico-provider-acme/test/acme.test.ts')).toContain("fixtures: new URL('fixtures/'")
    expect(text('portico-provider-acme/test/acme.test.ts').match(/: fill in/g)).toHaveLength(1)
  })

  it.each([
    ['cannot be read', {}, 'cannot be read from here'],
    ['is not there', publishing({}, 404), 'answered 404'],
    ['is something else', publishing({ issuer: document.issuer }), 'is not a discovery document'],
    [
      'is that of another issuer',
      publishing({ ...document, issuer: `${document.issuer}/` }),
      'names another issuer, "https://id.acme.test/oidc/"',
    ],
  ] as const)('is done without where it %s', async (_, host, reason) => {
    const { code, errors } = await run(['acme', ...issuer, '--yes'], host)
    expect(code).toBe(0)
    expect(errors).toContain(reason)
    expect(existsSync(join(directory, 'portico-provider-acme/test/fixtures'))).toBe(false)
    expect(text('portico-provider-acme/test/acme.test.ts')).toContain('fill in: the published value')
  })

  it('is not looked for with --offline', async () => {
    const { code, errors } = await run(['acme', ...issuer, '--yes', '--offline'])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  })
})

describe('what cannot be made', () => {
  it.each([
    [[], 'id is missing'],
    [['Acme ID'], 'Use "acme-id".'],
    [['2fast'], 'Use "fast".'],
    [['new'], 'id is a word of JavaScript. Use "new-id".'],
    [['../acme'], 'id must be lower-case letters and digits'],
    [['acme', '--name', "Acme'"], 'name must be letters'],
    [['acme', '--kind', 'saml'], 'kind must be one of "oidc", "oauth2", "private"'],
    [['acme', '--issuer', 'http://id.acme.test'], 'issuer must be an absolute https URL'],
    [['acme', '--issuer', 'https://id.acme.test/$a'], 'issuer must be a plain URL'],
    [['acme', '--package', '../acme'], 'package must be a valid npm name'],
  ])('is refused with the remedy: %j', async (commandLine, message) => {
    const { code, errors } = await run([...commandLine, '--yes'])
    expect(code).toBe(1)
    expect(errors).toContain(message)
    expect(files()).toEqual([])
  })

  it('leaves a folder that exists as it is', async () => {
    mkdirSync(join(directory, 'portico-provider-acme'))
    writeFileSync(join(directory, 'portico-provider-acme/mine.txt'), 'mine')
    const { code, errors } = await run(['acme', '--yes'])
    expect(code).toBe(1)
    expect(errors).toContain('portico-provider-acme already exists')
    expect(files()).toEqual(['portico-provider-acme/mine.txt'])
  })

  it('is a usage error with an unknown option', async () => {
    expect((await run(['acme', '--nme', 'Acme'])).code).toBe(2)
  })
})

it('asks for what was not given, again where the answer is wrong, and proposes the rest', async () => {
  const said = ['Acme ID', 'acme-id', 'Acme', '', '']
  const asked: string[] = []
  const { code } = await run([], {
    ask: async (question) => {
      asked.push(question)
      return said.shift() ?? ''
    },
  })
  expect(code).toBe(0)
  expect(asked[1]).toContain('Use "acme-id".')
  expect(asked.slice(2).map((question) => /\(([^()]*)\): $/.exec(question)?.[1])).toEqual([
    'Acme Id',
    'oidc',
    'https://acme-id.example',
  ])
  expect(text('portico-provider-acme-id/src/index.ts')).toContain("name: 'Acme',")
})
