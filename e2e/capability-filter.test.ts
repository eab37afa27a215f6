import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { observeFetch } from '@portico/gateway-app/check/exchanges'
import { createSdkCredentials } from '@portico/gateway-app/check/sdk-credentials'
import type { RunningDemo } from '@portico/gateway-app/start-demo'
import { answerPages } from '@portico/test-peers'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createBrowser, redirectUri, runDemo } from './running-demo.ts'
import { createSdkV1Session } from './sdk-v1-session.ts'
import { createSdkV2Session } from './sdk-v2-session.ts'

const generations = {
  'SDK v1': createSdkV1Session,
  'SDK v2, 2026-07-28': (...options: Parameters<typeof createSdkV1Session>) =>
    createSdkV2Session(...options, { pin: '2026-07-28' }),
}

interface PoliciesFile {
  readonly policies: readonly { readonly handler: { readonly options: object } }[]
}

/** The configuration of the demo, with a tool of the demo server for administrators alone. */
function filteredConfiguration(): URL {
  const directory = mkdtempSync(join(tmpdir(), 'portico-filter-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  cpSync(fileURLToPath(new URL('../apps/gateway/config', import.meta.url)), directory, { recursive: true })
  const change = (name: string, edit: (text: string) => string) => {
    const file = join(directory, name)
    writeFileSync(file, edit(readFileSync(file, 'utf8')))
  }
  change('policies.json', (text) => {
    const { policies } = JSON.parse(text) as PoliciesFile
    const options = { ...policies[0]?.handler.options, scope: 'openid profile email roles' }
    const signIn = { ...policies[0], handler: { ...policies[0]?.handler, options } }
    const filter = {
      name: 'demo-filter',
      policyType: 'mcp-capability-filter-inbound',
      handler: {
        module: '$import(@portico/gateway)',
        export: 'McpCapabilityFilterInboundPolicy',
        options: { rules: [{ effect: 'deny', tools: ['add'], unless: { roles: ['admin'] } }] },
      },
    }
    return JSON.stringify({ policies: [signIn, filter] })
  })
  change('routes.oas.json', (text) =>
    text.replace('"inbound": ["logto-managed-oauth"]', '"inbound": ["logto-managed-oauth", "demo-filter"]'),
  )
  return pathToFileURL(`${directory}/`)
}

describe.each(Object.entries(generations))('a filtered route and %s', (_, createSession) => {
  async function connectAs(demo: RunningDemo, username: string) {
    const exchanges = observeFetch()
    const credentials = createSdkCredentials(redirectUri)
    const session = createSession(`${demo.origin}/mcp/demo`, credentials, exchanges)
    await session.askForLogin()
    const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()), { username })
    await session.finishLogin(page.parameters)
    const client = await session.connect()
    onTestFinished(() => client.close())
    return client
  }

  it('hides a tool from a guest, who cannot call it either, and shows it to an administrator', async () => {
    const demo = await runDemo({ configDirectory: filteredConfiguration() })
    const guest = await connectAs(demo, 'guest')
    const names = async (client: typeof guest) => (await client.listTools()).tools.map(({ name }) => name)
    expect(await names(guest)).not.toContain('add')
    expect(await names(guest)).toContain('echo')
    await expect(guest.callTool('add', { a: 2, b: 3 })).rejects.toThrow('Unknown tool: add')

    const admin = await connectAs(demo, 'admin')
    expect(await names(admin)).toContain('add')
    expect(await admin.callTool('add', { a: 2, b: 3 })).toMatchObject({
      result: { structuredContent: { sum: 5 } },
    })
  })
})
