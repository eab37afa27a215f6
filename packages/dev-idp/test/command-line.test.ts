import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

function start(...options: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=@portico/source', main, ...options])
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  return child
}

describe('portico-dev-idp', () => {
  it('prints what a gateway needs to use it', async () => {
    const child = start('--port', '0', '--client-id', 'mine')
    let output = ''
    for await (const text of child.stdout) {
      output += text
      if (output.includes('LOGTO_CLIENT_SECRET=')) child.kill('SIGTERM')
    }
    expect(output).toMatch(/^Issuer +http:\/\/127\.0\.0\.1:\d+\/oidc$/m)
    expect(output).toMatch(
      /^LOGTO_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\nLOGTO_CLIENT_ID=mine\nLOGTO_CLIENT_SECRET=.+$/m,
    )
  })

  it.each([
    [['--prot', '9001'], "Unknown option '--prot'."],
    [['--port', 'nine'], `Option '--port' must be a number from 0 to 65535, not "nine".`],
  ])('says of %j what is wrong, and what there is', async (options, message) => {
    const child = start(...options)
    const closed = once(child, 'close')
    let errors = ''
    for await (const text of child.stderr) errors += text
    expect(errors.split('\n')[0]).toBe(message)
    expect(errors).toContain('Usage: portico-dev-idp [options]')
    expect((await closed)[0]).toBe(2)
  })
})
