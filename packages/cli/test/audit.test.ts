import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { auditOptions } from '../src/audit-sink.ts'
import { buildGateway } from '../src/build-gateway.ts'
import { silentLog } from '../src/log.ts'
import { openKeys } from '../src/open-keys.ts'
import { openStorage } from '../src/open-storage.ts'
import { prepare } from '../src/prepare.ts'
import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** One life of a gateway in which three clients registered. */
async function threeRegistrations(directory: string, environment: Record<string, string> = {}) {
  let output = ''
  const { config, settings, fetch } = await prepare({ environment, directory }, { config: 'config' })
  const { storage, close } = await openStorage(settings.storage, directory)
  const { keys } = openKeys(settings, directory)
  const audit = auditOptions(settings.audit, {
    workingDirectory: directory,
    write: (text) => {
      output += text
    },
  })
  const gateway = buildGateway({ config: config!, settings, fetch, log: silentLog, storage, keys, audit })
  for (const client_name of ['One', 'Two', 'Three']) {
    const body = JSON.stringify({ client_name, redirect_uris: ['http://127.0.0.1/callback'] })
    const headers = { 'content-type': 'application/json' }
    const url = 'http://localhost:9000/oauth/register'
    const response = await gateway.fetch(new Request(url, { method: 'POST', body, headers }))
    expect(response.status).toBe(201)
  }
  await gateway.finish()
  await close()
  return output
}

/** A directory with a trail of five records. */
async function audited(environment?: Record<string, string>) {
  const directory = temporaryDirectory(oneRouteFiles())
  const output = await threeRegistrations(directory, environment)
  const file = join(directory, 'data/audit.jsonl')
  return {
    directory,
    file,
    output,
    rewrite: (change: (lines: string[]) => readonly string[]) =>
      writeFileSync(file, change(readFileSync(file, 'utf8').split('\n')).join('\n')),
    verify: (...more: readonly string[]) => run(['audit', 'verify', ...more], { directory }),
  }
}

describe('portico audit verify', () => {
  it('loses no record where a gateway that crashed left half a line behind', async () => {
    const { directory, file, verify } = await audited()
    appendFileSync(file, '{"chain":"')
    await threeRegistrations(directory)
    expect(await verify()).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /not audit records: 1\nNo record was changed since it was written: 10 records/,
      ),
    })
  })

  it('finds the records of every life of a gateway as they were written', async () => {
    const { directory, verify } = await audited()
    await threeRegistrations(directory)
    expect(await verify()).toEqual({
      code: 0,
      output: 'No record was changed since it was written: 10 records in 2 chains.\n',
      errors: '',
    })
    expect(JSON.parse((await verify('--json')).output)).toMatchObject({
      chains: [{ records: 5 }, { records: 5 }],
      otherLines: 0,
      findings: [],
    })
  })

  it.each<[string, (lines: string[]) => readonly string[], RegExp]>([
    [
      'changed',
      (lines) => lines.map((line) => line.replace('"name":"Two"', '"name":"Eve"')),
      /^data\/audit\.jsonl:3 changed: .*Record 3 is not/,
    ],
    ['removed', (lines) => lines.toSpliced(2, 1), /^data\/audit\.jsonl:3 removed: .*Record 3 is missing/],
    [
      'reordered',
      ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest],
      /^data\/audit\.jsonl:3 reordered: /,
    ],
    ['truncated', (lines) => lines.slice(0, 3), /^truncated: .*Records 4 to 5 are missing at the end/],
  ])('finds a record that was %s, and exits with 1', async (_, tamper, message) => {
    const { rewrite, verify } = await audited()
    rewrite(tamper)
    const { code, output } = await verify()
    expect(code).toBe(1)
    expect(output).toMatch(message)
    expect(output.trimEnd().split('\n').at(-1)).toMatch(/^1 finding in \d records\.$/)
  })

  it('finds that the whole file was replaced by an empty one', async () => {
    const { rewrite, verify } = await audited()
    rewrite(() => [])
    expect(await verify()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^missing: .*None of the 5 records/),
    })
    expect(await verify('--since', '2100-01-01')).toMatchObject({ code: 0 })
  })

  it('reads a trail on standard output from where it was kept', async () => {
    const { directory, output, verify } = await audited({ PORTICO_AUDIT: 'stdout' })
    writeFileSync(join(directory, 'kept.log'), `portico starts\n${output}`)
    expect(await verify('kept.log')).toMatchObject({
      code: 0,
      output: expect.stringContaining('5 records in 1 chain.'),
    })
  })

  it('goes on after the file was moved away, and reads both', async () => {
    const { directory, file, verify } = await audited()
    const old = readFileSync(file, 'utf8')
    writeFileSync(join(directory, 'audit.1.jsonl'), old)
    rmSync(file)
    await threeRegistrations(directory)
    expect(await verify()).toMatchObject({ code: 1, output: expect.stringMatching(/^missing: /) })
    expect(await verify('audit.1.jsonl', 'data/audit.jsonl')).toMatchObject({ code: 0 })
  })

  it.each<[string, readonly string[], RegExp]>([
    ['a file that is not there', ['gone.jsonl'], /^\S*gone\.jsonl: cannot be read/],
    ['a date that is none', ['--since', 'yesterday'], /^--since: must be a date/],
  ])('refuses %s', async (_, more, message) => {
    const { verify } = await audited()
    expect(await verify(...more)).toMatchObject({ code: 1, errors: expect.stringMatching(message) })
  })

  it('refuses a storage that does not exist, and makes none', async () => {
    const directory = temporaryDirectory(oneRouteFiles())
    const { code, errors } = await run(['audit', 'verify'], { directory })
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/^PORTICO_STORAGE: data\/portico\.db does not exist/),
    })
  })
})

describe('the file of an audit trail', () => {
  it('begins a line of its own after a write that failed half-way', async () => {
    const directory = temporaryDirectory()
    const audit = auditOptions(
      { sink: { kind: 'file', file: 'a/audit.jsonl' }, otlp: undefined, arguments: 'off', redact: [] },
      { workingDirectory: directory, write: () => {} },
    )
    const path = join(directory, 'a/audit.jsonl')
    rmSync(path)
    mkdirSync(path)
    await expect(Promise.resolve(audit?.write('one\n'))).rejects.toThrow('EISDIR')
    rmSync(path, { recursive: true })
    await audit?.write('one\n')
    await audit?.write('two\n')
    expect(readFileSync(path, 'utf8')).toBe('\none\ntwo\n')
  })
})
