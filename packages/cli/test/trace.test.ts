import { describe, expect, it } from 'vitest'

import { buildGateway } from '../src/build-gateway.ts'
import { silentLog } from '../src/log.ts'
import { openKeys } from '../src/open-keys.ts'
import { openStorage } from '../src/open-storage.ts'
import { prepare } from '../src/prepare.ts'
import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A gateway that was asked for its route without a token, and shown a page nobody was led to. */
async function used() {
  const directory = temporaryDirectory(oneRouteFiles())
  const { config, settings, fetch } = await prepare({ environment: {}, directory }, { config: 'config' })
  const { storage, close } = await openStorage(settings.storage, directory)
  const { keys } = openKeys(settings, directory)
  const gateway = buildGateway({ config: config!, settings, fetch, log: silentLog, storage, keys })
  const get = (path: string, init?: RequestInit) =>
    gateway.fetch(new Request(`http://localhost:9000${path}`, init))
  const challenge = await get('/mcp/linear-v1', { method: 'POST', headers: { 'user-agent': 'claude' } })
  expect(challenge.status).toBe(401)
  const page = await (await get('/oauth/authorize?client_id=nobody')).text()
  await gateway.finish()
  await close()
  return { directory, reference: /class="mono">([\w-]+)</.exec(page)?.[1] ?? '' }
}

describe('portico trace', () => {
  it('lists what was tried lately', async () => {
    const { directory, reference } = await used()
    const { code, output } = await run(['trace'], { directory })
    expect(code).toBe(0)
    const lines = output.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^Id +Begun +Outcome +Route +Client$/)
    expect(output).toMatch(new RegExp(`^${reference} .* failed at page\\.refused`, 'm'))
    expect(output).toMatch(/ stopped at challenge\.sent +\/mcp\/linear-v1 +claude$/m)
  })

  it('prints an attempt by the reference that its user was shown', async () => {
    const { directory, reference } = await used()
    const { code, output } = await run(['trace', reference], { directory })
    expect(code).toBe(0)
    expect(output).toMatch(/^Status: failed at page\.refused$/m)
    expect(output).toMatch(/unknown_client/)
    expect(JSON.parse((await run(['trace', reference, '--json'], { directory })).output)).toMatchObject({
      id: reference,
      kind: 'attempt',
      diagnosis: { status: 'failed', step: 'page.refused' },
    })
  })

  it('says that there is none of this id', async () => {
    const { directory } = await used()
    expect(await run(['trace', 'gone'], { directory })).toEqual({
      code: 1,
      output: '',
      errors: 'id: "gone" is not a trace, or it has expired: without an id, the newest are listed.\n',
    })
  })
})
