import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

import { runCommand as portico } from 'portico'
import { describe, expect, it, onTestFinished } from 'vitest'

import { runCommand } from '../src/index.ts'
import { providers } from '../src/providers.generated.ts'
import { Cancelled, type Questions } from '../src/questions.ts'

function createHost(questions?: Questions) {
  const directory = mkdtempSync(join(tmpdir(), 'portico-create-gateway-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const written: string[] = []
  const refused: string[] = []
  const run = (...commandLine: readonly string[]) =>
    runCommand(commandLine, {
      directory,
      write: (text) => void written.push(text),
      writeError: (text) => void refused.push(text),
      questions,
      range: '^0.1.0',
    })
  const read = (path: string): string => readFileSync(join(directory, path), 'utf8')
  return { directory, run, read, output: () => written.join(''), errors: () => refused.join('') }
}

const complete = ['mine', '--provider', 'logto', '--route', 'linear=https://mcp.linear.app/mcp']

describe('npm create @portico/gateway', () => {
  it('writes a project whose README and last words have the exact redirect URI', async () => {
    const host = createHost()
    expect(await host.run(...complete, '--public-url', 'https://mcp.example.com')).toBe(0)
    for (const text of [host.output(), host.read('mine/README.md')])
      expect(text).toContain('  https://mcp.example.com/oauth/callback\n')
    expect(host.read('mine/README.md')).toContain('`https://mcp.example.com/mcp/linear`')
    expect(JSON.parse(host.read('mine/package.json')).dependencies).toEqual({ portico: '^0.1.0' })
  })

  it('keeps values and secrets out of everything but .env, which only its owner reads', async () => {
    const host = createHost()
    expect(await host.run(...complete, '--option', 'logtoEndpoint=https://zebra.logto.app')).toBe(0)
    expect(parseEnv(host.read('mine/.env'))).toMatchObject({
      LOGTO_ENDPOINT: 'https://zebra.logto.app',
      LOGTO_CLIENT_ID: '',
      LOGTO_CLIENT_SECRET: '',
    })
    expect(statSync(join(host.directory, 'mine/.env')).mode & 0o077).toBe(0)
    for (const path of ['.env.example', 'config/policies.json', 'README.md', 'compose.yaml'])
      expect(host.read(`mine/${path}`)).not.toContain('zebra')
    expect(host.read('mine/.gitignore').split('\n')).toContain('.env')
    expect(Object.keys(parseEnv(host.read('mine/.env.example')))).toEqual(
      Object.keys(parseEnv(host.read('mine/.env'))),
    )
  })

  it.each([`it's "a" #1`, String.raw`it's \n`, 'a"b\'c`d', ' a ', 'a#b', String.raw`a\nb`, '$(a) $b'])(
    'keeps the value %j whole',
    async (value) => {
      const host = createHost()
      expect(await host.run(...complete, '--option', `clientId=${value}`)).toBe(0)
      expect(parseEnv(host.read('mine/.env'))['LOGTO_CLIENT_ID']).toBe(value)
    },
  )

  it('writes nothing rather than a part of a value', async () => {
    const host = createHost()
    expect(await host.run(...complete, '--option', 'clientId=`a" #\'b')).toBe(1)
    expect(host.errors()).toContain('LOGTO_CLIENT_ID has more kinds of quotes than .env can hold')
    expect(existsSync(join(host.directory, 'mine'))).toBe(false)
  })

  it('brings the client and the service of the storage', async () => {
    const host = createHost()
    expect(await host.run(...complete, '--storage', 'postgres')).toBe(0)
    expect(JSON.parse(host.read('mine/package.json')).dependencies).toHaveProperty('pg')
    expect(host.read('mine/compose.yaml')).toContain('image: postgres:')
    expect(parseEnv(host.read('mine/.env'))['PORTICO_STORAGE']).toMatch(/^postgres:\/\//)
  })

  it.each([
    [[], ['npm install', 'npm run check']],
    [
      ['--storage', 'postgres'],
      ['npm install', 'docker compose up --detach postgres', 'npm run check'],
    ],
    [
      ['--storage', 'redis', '--public-url', 'https://mcp.example.com'],
      ['npm install', 'portico keys generate', 'docker compose up --detach redis', 'npm run check'],
    ],
  ])('names with %j what has to be done, in order', async (flags, commands) => {
    const host = createHost()
    expect(await host.run(...complete, ...flags)).toBe(0)
    const [, setUp = ''] = host.read('mine/README.md').split(/^## /m)
    const named = setUp.match(/npm install|npm run check|docker compose up[ \w-]+|portico keys generate/g)
    expect(named).toEqual(commands)
    const last = commands.filter((command) => !command.startsWith('portico'))
    expect(host.output()).toContain(`  ${last.join('\n  ')}\n  npm start\n`)
  })

  it.each([
    [['mine'], '--provider is missing. One of: cognito, auth0,'],
    [['mine', '--provider', 'acme'], '--provider has the unknown value "acme". One of: '],
    [['mine', '--provider', 'logto'], '--route is missing.'],
    [['Mine', '--provider', 'logto'], 'The folder must be a valid npm name'],
    [[...complete, '--route', 'linear=https://b.example/mcp'], '--route names "linear" twice.'],
    [[...complete, '--route', 'b=mcp.linear.app'], 'The MCP server must be a URL'],
    [[...complete, '--route', 'b=https://u:p@b.example/mcp'], 'must not contain a user or password'],
    [[...complete, '--route', 'https://b.example/mcp'], '--route must be a name and a value'],
    [
      [...complete, '--option', 'endpoint=https://acme.logto.app'],
      '--option "endpoint" is not an option of logto. One of: logtoEndpoint, clientId',
    ],
    [[...complete, '--option', 'clientSecret=hunter2'], '--option must not contain clientSecret'],
    [
      [...complete, '--storage', 'mysql'],
      '--storage has the unknown value "mysql". One of: sqlite, postgres, redis.',
    ],
    [[...complete, '--public-url', 'http://mcp.example.com'], 'use "https://mcp.example.com"'],
    [[...complete, '--public-url', 'https://mcp.example.com/'], 'Use "https://mcp.example.com".'],
  ])('refuses %j and writes nothing', async (commandLine, message) => {
    const host = createHost()
    expect(await host.run(...commandLine)).toBe(1)
    expect(host.errors()).toContain(message)
    expect(host.errors()).not.toContain('hunter2')
    expect(existsSync(join(host.directory, 'mine'))).toBe(false)
  })

  it('never writes into a folder that exists', async () => {
    const host = createHost()
    expect(await host.run(...complete)).toBe(0)
    const before = host.read('mine/.env')
    expect(await host.run(...complete, '--option', 'clientId=another')).toBe(1)
    expect(host.errors()).toContain('mine already exists. Choose another folder, or remove it.')
    expect(host.read('mine/.env')).toBe(before)
  })

  it('asks at a terminal for what the command line leaves open', async () => {
    const asked: string[] = []
    const said = ['mine', 'https://acme.logto.app', 'k3y', 'https://mcp.linear.app/mcp', 'linear', '']
    const host = createHost({
      async text({ message, problemOf }) {
        asked.push(message)
        const value = said.shift() ?? ''
        expect(problemOf(value)).toBeUndefined()
        return value
      },
      secret: async () => 'hunter2',
      choose: async (message, _choices, initial) => {
        asked.push(message)
        return initial
      },
      confirm: async () => false,
    })
    expect(await host.run()).toBe(0)
    expect(asked.map((message) => message.split(/[,.:]/)[0])).toEqual([
      'Folder',
      'Identity provider',
      'Logto',
      'Logto',
      'URL of the MCP server behind the gateway',
      'Its name in the URL that users enter',
      'Storage',
      'Public URL',
    ])
    expect(parseEnv(host.read('mine/.env'))).toMatchObject({
      LOGTO_CLIENT_ID: 'k3y',
      LOGTO_CLIENT_SECRET: 'hunter2',
    })
    expect(host.output()).not.toContain('hunter2')
  })

  it('writes nothing for a person who leaves', async () => {
    const leave = () => Promise.reject(new Cancelled())
    const host = createHost({ text: leave, secret: leave, choose: leave, confirm: leave })
    expect(await host.run()).toBe(1)
    expect(existsSync(join(host.directory, 'mcp-gateway'))).toBe(false)
  })
})

describe('the files it writes', () => {
  /** What `portico config check` says of the project. */
  async function check({ directory }: { directory: string }) {
    let errors = ''
    const code = await portico(['config', 'check'], {
      version: '0.0.0',
      environment: {},
      directory: join(directory, 'mine'),
      write: () => {},
      writeError: (text) => void (errors += text),
      isTerminal: false,
      untilStopped: () => Promise.resolve(),
    })
    return { code, problems: errors.trim().split('\n') }
  }

  it('are good as they are once the values are known', async () => {
    const host = createHost()
    expect(
      await host.run(
        ...complete,
        '--option',
        'logtoEndpoint=https://acme.logto.app',
        '--option',
        'clientId=k3y5e9v1q8z2b7n4m6x0c',
      ),
    ).toBe(0)
    const file = join(host.directory, 'mine/.env')
    writeFileSync(file, host.read('mine/.env').replace('SECRET=', 'SECRET=wJ8vT2nQx5LrB7kYp3ZsHd9M'))
    expect(await check(host)).toEqual({ code: 0, problems: [''] })
  })

  it('take the policy that the README proposes, where users connect accounts', async () => {
    const host = createHost()
    expect(await host.run(...complete)).toBe(0)
    const [, proposed = ''] = /```json\n([^`]+)```/.exec(host.read('mine/README.md')) ?? []
    const policy = JSON.parse(proposed) as { readonly name: string }
    const change = (file: string, from: string, to: string) => {
      const text = host.read(file)
      expect(text).toContain(from)
      writeFileSync(join(host.directory, file), text.replace(from, to))
    }
    change('mine/config/policies.json', '"policies": [', `"policies": [${JSON.stringify(policy)},`)
    change('mine/config/routes.oas.json', '"logto-managed-oauth"', `"logto-managed-oauth", "${policy.name}"`)
    writeFileSync(
      join(host.directory, 'mine/.env'),
      'LOGTO_ENDPOINT=https://acme.logto.app\nLOGTO_CLIENT_ID=k3y5e9v1q8z2b7n4m6x0c\nLOGTO_CLIENT_SECRET=wJ8vT2nQx5LrB7kYp3ZsHd9M\n',
    )
    expect(await check(host)).toEqual({ code: 0, problems: [''] })
  })

  it.each(providers.map(({ id }) => id))('lack nothing but values for %s', async (id) => {
    const host = createHost()
    expect(await host.run('mine', '--provider', id, '--route', 'linear=https://mcp.linear.app/mcp')).toBe(0)
    const { code, problems } = await check(host)
    expect(code).toBe(1)
    expect(problems.filter((problem) => !/handler\.options\.\w+: /.test(problem))).toEqual([])
  })
})
