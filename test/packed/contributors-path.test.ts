import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterAll, expect, it } from 'vitest'

import { packPackages } from '../../scripts/pack-packages.ts'
import { runCommand } from '../../scripts/run-command.ts'
import { workspaceRoot } from '../../scripts/workspace-packages.ts'

const directory = mkdtempSync(join(tmpdir(), 'portico-contributor-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const contributed = join(directory, 'portico-provider')
const project = join(directory, 'project')
const tool = (name: string): string => join(workspaceRoot, 'node_modules/.bin', name)
/** Commands of this repository from their sources. */
const command = (main: string, commandArguments: readonly string[], where: string): Promise<string> =>
  runCommand(
    process.execPath,
    ['--conditions=@portico/source', join(workspaceRoot, main), ...commandArguments],
    { directory: where },
  )

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

function link(name: string, target: string): void {
  const file = join(contributed, 'node_modules', name)
  mkdirSync(dirname(file), { recursive: true })
  symlinkSync(join(workspaceRoot, target), file)
}

/** Fills in one marked place. */
function fillIn(file: string, ...changes: readonly (readonly [from: string, to: string])[]): void {
  const path = join(contributed, file)
  let content = readFileSync(path, 'utf8')
  for (const [from, to] of changes) {
    expect(content).toContain(from)
    content = content.replace(from, to)
  }
  writeFileSync(path, content)
}

/** What the kit finds: the titles of the tests that fail, and how many there are in all. */
async function kit(): Promise<{ readonly failed: readonly string[]; readonly passed: number }> {
  const report = join(directory, 'report.json')
  const vitest = ['run', '--root', contributed, '--reporter=json', `--outputFile=${report}`]
  await runCommand(tool('vitest'), vitest, { directory: contributed }).catch(() => undefined)
  const { testResults, numPassedTests } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { assertionResults: { title: string; status: string }[] }[]
    numPassedTests: number
  }
  rmSync(report)
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ title }) => title.replace(/ \{.*/, '')),
  )
  return { failed, passed: numPassedTests }
}

it(
  'leads from an empty folder to a provider that is proven, packed, installed offline, and used',
  { timeout: 240_000 },
  async () => {
    const scaffold = ['acme', '--yes', '--offline', '--package', '@acme/portico-provider']
    await command('packages/create-provider/src/main.ts', scaffold, directory)
    for (const name of ['provider', 'testkit']) link(`@portico/${name}`, `packages/${name}`)
    link('vitest', 'node_modules/vitest')
    link('.bin/tsc', 'node_modules/.bin/tsc')
    const conditions = "['@portico/source', 'node']"
    write(
      join(contributed, 'vitest.config.js'),
      `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions}, externalConditions: ${conditions} } } }\n`,
    )

    // The kit fails at the marked places and nowhere else.
    const untouched = await kit()
    expect(untouched.failed).toEqual(['derives from', 'identifies', 'makes of a login with'])
    fillIn('src/index.ts', ['/authorize`', '/oauth2/auth`'])
    fillIn(
      'test/acme.test.ts',
      ["'oidc.jwksUrl': 'fill in: the published value'", "'oidc.jwksUrl': 'https://acme.example/jwks'"],
      [
        "'browserLogin.url': 'fill in: the published value'",
        "'browserLogin.url': 'https://acme.example/oauth2/auth'",
      ],
      [
        "'browserLogin.tokenUrl': 'fill in: the published value'",
        "'browserLogin.tokenUrl': 'https://acme.example/token'",
      ],
    )
    expect((await kit()).failed).toEqual(['identifies', 'makes of a login with'])
    fillIn('test/acme.test.ts', ["name: 'fill in'", "name: 'Ada'"])
    const green = await kit()
    expect(green).toEqual({ failed: [], passed: untouched.passed + untouched.failed.length })

    // Packed as it would be published: in a clone the range of the contract is "latest", which only a registry knows.
    fillIn('package.json', ['"@portico/provider": "latest"', '"@portico/provider": "^0.0.0"'])
    const contract = join(workspaceRoot, 'packages/provider')
    await runCommand(tool('tsc'), ['-p', contract, '--customConditions', 'null'])
    const [provider] = await packPackages(directory, ({ name }) => name === '@portico/provider')
    await runCommand('npm', ['pack', '--pack-destination', directory], { directory: contributed })
    const tarballs = [join(directory, 'acme-portico-provider-0.1.0.tgz'), provider?.tarball ?? '']
    tarballs.push(await packZod())

    // Installed in an empty project.
    write(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
    const install = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs]
    await runCommand('npm', install, { directory: project })

    // Used from code.
    write(
      join(project, 'use.js'),
      `import { acme } from '@acme/portico-provider'
const provider = acme({ acmeEndpoint: 'https://id.acme.com', clientId: 'portico', clientSecret: 'p0Zr3vQ8mKxT2wLs' })
console.log(provider.browserLogin.url)
`,
    )
    expect(await runCommand(process.execPath, ['use.js'], { directory: project })).toBe(
      'https://id.acme.com/oauth2/auth\n',
    )

    // Used from configuration files, by the command line.
    writeConfiguration()
    unpackSources('@portico/provider')
    expect(await command('packages/cli/src/main.ts', ['config', 'check'], project)).toBe(
      'The configuration is valid: 1 route, 1 identity provider.\n',
    )
  },
)

/** The one dependency of the contract, as the registry would give it. */
async function packZod(): Promise<string> {
  const source = join(workspaceRoot, 'packages/provider/node_modules/zod')
  const copy = join(directory, 'zod/package')
  cpSync(source, copy, { recursive: true, dereference: true })
  const tarball = join(directory, 'zod.tgz')
  await runCommand('tar', ['-czf', tarball, '-C', join(directory, 'zod'), 'package'])
  return tarball
}

/**
 * The command line runs from its sources here, so the contract is found by its sources too, and Node reads no TypeScript
 * below a real `node_modules`.
 */
function unpackSources(name: string): void {
  const installed = join(project, 'node_modules', name)
  const sources = join(project, 'contract')
  renameSync(installed, sources)
  symlinkSync(sources, installed)
}

function writeConfiguration(): void {
  const policy = {
    name: 'acme-managed-oauth',
    policyType: 'mcp-acme-oauth-inbound',
    handler: {
      module: '$import(@acme/portico-provider)',
      export: 'acme',
      options: {
        acmeEndpoint: 'https://id.acme.com',
        clientId: 'portico',
        clientSecret: 'p0Zr3vQ8mKxT2wLs',
      },
    },
  }
  const route = {
    corsPolicy: 'none',
    handler: {
      module: '$import(@portico/mcp)',
      export: 'McpProxyHandler',
      options: { rewritePattern: 'https://mcp.example.com/mcp' },
    },
    policies: { inbound: ['acme-managed-oauth'] },
  }
  const paths = { '/mcp/example': { 'get,post': { operationId: 'example-mcp', 'x-portico-route': route } } }
  const routes = { openapi: '3.1.0', info: { title: 'Gateway', version: '1.0.0' }, paths }
  write(join(project, 'config/policies.json'), JSON.stringify({ policies: [policy] }))
  write(join(project, 'config/routes.oas.json'), JSON.stringify(routes))
}
