import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'
import { type CodeFence, codeFences, markdownPages } from './code-fences.ts'
import { commandProblems } from './documented-commands.ts'
import { configurationProblems } from './documented-configuration.ts'

const read = (file: string) => readFileSync(join(workspaceRoot, file), 'utf8')

/** Pages whose commands a test runs one after the other, as a reader does. Only there may curl stand. */
const executed: Readonly<Record<string, string>> = { 'docs/manual-oauth.md': 'e2e/manual-flow.test.ts' }

const deployed = globSync('deploy/*/*', { cwd: workspaceRoot }).map(read)
const grants = read('packages/storages/postgres/test/postgres-storage.test.ts')

type Check = (fence: CodeFence, neighbours: readonly CodeFence[]) => unknown

/** For each language what finds the mistakes of a block. Files of `deploy/` are in the pages as they stand. */
const checks: Readonly<Record<string, Check>> = {
  // test/packed compiles it against the packed packages.
  ts: () => [],
  'ts fragment': ({ code }) => (isTypeScript(code) ? [] : ['cannot be parsed']),
  json: configurationProblems,
  jsonc: configurationProblems,
  yaml: ({ code }) => parseAllDocuments(code).flatMap(({ errors }) => errors.map(String)),
  sh: async (fence) => [
    ...shellProblems(fence.code),
    ...(executed[fence.page] === undefined ? await commandProblems(fence) : []),
  ],
  // Commands behind prompts, with what they print.
  console: commandProblems,
  nginx: deployedProblems,
  'nginx fragment': ({ code }) => linesOf(code).filter((line) => !deployed.some((file) => sets(file, line))),
  caddyfile: deployedProblems,
  ini: deployedProblems,
  // The tests of the storage run these statements, for a role of theirs.
  sql: ({ code }) => linesOf(code).filter((line) => !grants.includes(line.replace(/\w+;$/, ''))),
  // A diagram: browsers draw it, and nothing can be copied from it.
  mermaid: ({ code }) => (code.startsWith('sequenceDiagram\n') ? [] : ['is no diagram that is known here']),
  // What a program prints, a value to enter somewhere else, settings of another program.
  text: () => [],
}

const fences = codeFences()

it.each(fences.map((fence) => [`${fence.page}:${fence.line}`, fence] as const))(
  '%s is code that holds',
  async (_place, fence) => {
    expect(await problemsOf(fence)).toEqual([])
  },
)

it.each(markdownPages())('%s ends every block that it begins', (page) => {
  const marks = read(page).match(/^ *(```|~~~)/gm) ?? []
  expect(marks).toHaveLength(fences.filter((fence) => fence.page === page).length * 2)
})

describe.each(Object.entries(executed))('%s', (page, test) => {
  it(`is run by ${test}`, () => {
    expect(read(test)).toContain(`readFileSync(new URL('../${page}'`)
  })
})

describe('what is looked for', () => {
  const block = (language: string, code: string): CodeFence => ({
    page: 'a.md',
    line: 1,
    language,
    code,
    given: '',
  })

  it.each([
    ['npx portico serve --port 9000', []],
    ['npx portico serve --prot 9000', [expect.stringContaining("unknown option '--prot'")]],
    ['npx portico keys genarate', [expect.stringContaining("unknown command 'genarate'")]],
    ['export PORTICO_KEYS="$(npx portico keys generate)"', []],
    [
      'export PORTICO_KEY="$(npx portico key generate)"',
      [expect.any(String), expect.stringContaining('PORTICO_KEY')],
    ],
    ['npx pnpm@12 demo --check', []],
    ['npx pnpm@12 demo --chek', ['pnpm demo: there is no option --chek']],
    ['npx pnpm@12 demonstrate', ['pnpm demonstrate: there is no script "demonstrate"']],
    ['npm install @portico/core hono', []],
    ['npm install @portico/kore hono', ['@portico/kore: this repository publishes no such package']],
    ['cd deploy/compose', []],
    ['cd deploy/composed', ['deploy/composed does not exist']],
    ['curl https://mcp.example.com', [expect.stringContaining('curl: neither')]],
  ])('finds in %j what does not exist', async (code, problems) => {
    expect(await commandProblems(block('sh', code))).toEqual(problems)
  })

  it.each(['', 'bash', 'typescript'])(
    'refuses the language %j, with those that there are',
    async (language) => {
      expect(await problemsOf(block(language, 'true\n'))).toEqual([
        expect.stringMatching(new RegExp(`^is in the language "${language}": name one of ts, .*sh,`)),
      ])
    },
  )

  it.each([
    ['sh', 'echo "$(date)"', 'echo "$(date"'],
    ['ts fragment', 'clients: [{ clientId }],', 'clients: [{ clientId }'],
    ['jsonc', '{ "a": 1, } // more', '{ "a": 1 '],
    ['json', '{ "a": 1 }', '{ "a": 1, }'],
    ['nginx', 'proxy_buffering off;', 'proxy_buffering on;'],
    ['nginx fragment', 'proxy_set_header Forwarded "";', 'proxy_set_headers Forwarded "";'],
    ['sql', 'GRANT SELECT ON portico_schema TO portico;', 'GRANT SELECT ON portico_scheme TO portico;'],
    ['yaml', 'a: [1]', 'a: [1'],
  ])('tells apart %s that holds, %j, from what does not, %j', async (language, right, wrong) => {
    expect(await problemsOf(block(language, `${right}\n`))).toEqual([])
    expect(await problemsOf(block(language, `${wrong}\n`))).not.toEqual([])
  })

  it.each([
    ['nothing where all is right', '', []],
    ['an option that does not exist', '"scopess": ["openid"],', [expect.stringContaining('scopess')]],
  ])('finds in a policy %s', async (_what, more, problems) => {
    const code = `{
      "name": "sign-in",
      "policyType": "mcp-logto-oauth-inbound",
      "handler": {
        "module": "$import(@portico/logto)",
        "export": "logto",
        "options": { ${more} "logtoEndpoint": "$env(LOGTO_ENDPOINT)", "clientId": "$env(LOGTO_CLIENT_ID)", "clientSecret": "$env(LOGTO_CLIENT_SECRET)" }
      }
    }`
    expect(await configurationProblems(block('json', code), [])).toEqual(problems)
  })
})

async function problemsOf(fence: CodeFence): Promise<unknown> {
  const check = checks[fence.language]
  if (check === undefined) {
    const known = Object.keys(checks).join(', ')
    return [`is in the language "${fence.language}": name one of ${known}, or add here how it is checked`]
  }
  const neighbours = fences.filter((other) => other.page === fence.page && /^jsonc?$/.test(other.language))
  return check(
    fence,
    neighbours.filter((other) => other !== fence),
  )
}

/** Statements, or members of an object. */
function isTypeScript(code: string): boolean {
  return [`async () => {${code}\n}`, `({${code}\n})`].some((text) => {
    try {
      return stripTypeScriptTypes(text) !== ''
    } catch {
      return false
    }
  })
}

function shellProblems(code: string): string[] {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' })
  return status === 0 ? [] : [stderr]
}

function deployedProblems({ code }: CodeFence): string[] {
  return deployed.some((file) => file.includes(code.trim()))
    ? []
    : ['is no file of deploy/, nor a part of one']
}

/** The file has the directive of a line, whatever its value. */
function sets(file: string, line: string): boolean {
  return file.includes(line.split(' ').slice(0, 2).join(' '))
}

function linesOf(code: string): string[] {
  return code.split('\n').filter((line) => line !== '')
}
