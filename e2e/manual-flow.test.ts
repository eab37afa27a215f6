import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { answerPages } from '@portico/test-peers'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createBrowser, runDemo } from './running-demo.ts'

const page = readFileSync(new URL('../docs/manual-oauth.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
const endOfBlock = '--- end of block ---'

/** Runs the page's blocks in one shell, as a reader does; the lines that each of them printed. */
async function runBlocks(gateway: string, openInBrowser: (url: string) => Promise<string>) {
  const script = blocks.map((block) => `${block}\necho; echo '${endOfBlock}'\n`).join('')
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    env: { ...process.env, GATEWAY: gateway },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void shell.kill('SIGKILL'))
  const closed = once(shell, 'close')
  const printed: string[][] = [[]]
  for await (const line of createInterface(shell.stdout)) {
    if (line === endOfBlock) printed.push([])
    else printed.at(-1)?.push(line)
    if (line.startsWith('open: ')) shell.stdin.write(`${await openInBrowser(line.slice('open: '.length))}\n`)
  }
  const [exitCode] = await closed
  return { exitCode, printed: printed.map((lines) => lines.join('\n')) }
}

describe('docs/manual-oauth.md', () => {
  it('every command does what the page says', async () => {
    const demo = await runDemo()
    const browser = createBrowser()
    const { exitCode, printed } = await runBlocks(demo.origin, async (url) => {
      const { parameters } = await answerPages(await browser.open(url))
      expect(parameters.get('iss')).toBe(`${demo.origin}/mcp/demo`)
      return parameters.get('code') ?? ''
    })
    expect(exitCode).toBe(0)

    const [
      challenge,
      resource,
      server,
      client,
      ,
      ,
      tokens,
      claims,
      call,
      neighbour,
      refreshed,
      revoked,
      after,
    ] = printed
    expect(challenge).toMatch(/^HTTP\/1.1 401 [\s\S]*resource_metadata="http[^"]+", scope="mcp:tools"/)
    expect(JSON.parse(resource ?? '').authorization_servers[0]).toBe(JSON.parse(server ?? '').issuer)
    expect(client).toMatch(/^client_id: \S+/)
    expect(tokens).toMatch(/^granted: mcp:tools/)
    expect(claims).toContain(`aud: '${demo.origin}/mcp/demo'`)
    expect(call).toMatch(/^HTTP\/1.1 200 [\s\S]*"tools":\[/)
    expect(neighbour).toMatch(/^HTTP\/1.1 401 [\s\S]*error="invalid_token"/)
    expect(refreshed).toMatch(/^HTTP\/1.1 200 [\s\S]*"tools":\[/)
    expect(revoked).toMatch(/^HTTP\/1.1 200 /)
    expect(after).toMatch(/^HTTP\/1.1 401 /)
  })
})
