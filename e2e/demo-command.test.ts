import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished } from 'vitest'

const demo = fileURLToPath(new URL('../apps/gateway/src/demo.ts', import.meta.url))

function run(...options: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=@portico/source', demo, ...options])
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  let wake = (): void => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      wake()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    ended,
    output: () => output,
    interrupt: () => child.kill('SIGINT'),
    async printed(text: string): Promise<void> {
      while (!output.includes(text)) {
        const more = new Promise<void>((resolve) => {
          wake = resolve
        })
        const over = await Promise.race([more, ended.then(() => true)])
        if (over === true) throw new Error(`It ended without "${text}":\n${output}`)
      }
    },
  }
}

/** Takes a port of the demo for the rest of the test, unless somebody has it already. */
async function take(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
}

/** What a reader of the check must see, once for each way of registration. */
const steps = [
  '401 with challenge',
  'protected resource metadata',
  'authorization server metadata',
  'authorize',
  'password login at the dev IdP',
  'consent',
  'code',
  'token',
  'tools/list',
  'tools/call (JSON)',
  'tools/call (streamed)',
  'refresh',
  'rotated token refused',
  'revoke',
  '401',
]

describe('demo with a wrong command line', () => {
  it.each([
    ['--chek', "Unknown option '--chek'."],
    ['--ports=9100', `Option '--ports' takes "free" only, not "9100".`],
  ])('says of %s what is wrong, and what there is', async (option, message) => {
    const demo = run(option)
    expect(await demo.ended).toBe(2)
    expect(demo.output()).toMatch(/^Usage: npx pnpm@12 demo \[options\]$/m)
    expect(demo.output().split('\n')[0]).toBe(message)
  })
})

describe('demo --check', () => {
  it('shows every step for both ways of registration and ends with 0, although a port is taken', async () => {
    await take(9000)
    const check = run('--check')
    expect(await check.ended, check.output()).toBe(0)
    const lines = check.output().split('\n')
    const done = lines.filter((line) => line.startsWith('  ok ')).map((line) => line.slice(8, 42).trim())
    for (const step of steps)
      expect(
        done.filter((title) => title === step),
        step,
      ).toHaveLength(2)
    expect(done).toEqual(expect.arrayContaining(['registration (DCR)', 'registration (CIMD)']))
    // The first that is found taken: somebody may be running the demo.
    expect(check.output()).toMatch(/^Port 900[0-3] is taken: the check runs on free ports\.$/m)
  }, 180_000)
})

describe('demo', () => {
  it('prints addresses, users and client configuration, and stops at Ctrl-C', async () => {
    const demo = run('--ports', 'free')
    await demo.printed('Ctrl-C stops everything')
    for (const text of [
      '/mcp/demo',
      '/mcp/notes',
      'demo / portico',
      'admin / portico',
      'claude mcp add',
      'Inspector',
      'Cursor',
      'VS Code',
    ])
      expect(demo.output()).toContain(text)
    demo.interrupt()
    expect(await demo.ended).toBe(0)
  }, 180_000)

  it('says which port is taken, for what, and what to do', async () => {
    await take(9001)
    const demo = run()
    expect(await demo.ended).toBe(1)
    expect(demo.output()).toContain('Port 9001 is taken, and the demo needs it for the identity provider')
    expect(demo.output()).toContain('--ports free')
  }, 180_000)
})
