import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe('portico new provider', () => {
  it('starts a package in the working directory, as npm create @portico/provider does', async () => {
    const directory = temporaryDirectory()
    const { code, output, errors } = await run(['new', 'provider', 'acme-id', '--offline'], { directory })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('Created a package for Acme Id in portico-provider-acme-id.')
    const source = readFileSync(join(directory, 'portico-provider-acme-id/src/index.ts'), 'utf8')
    expect(source).toContain("id: 'acme-id'")
  })

  it('prints the folder as JSON with --json', async () => {
    const directory = temporaryDirectory()
    const commandLine = ['new', 'provider', 'acme', '--package', '@acme/login', '--offline', '--json']
    const { code, output } = await run(commandLine, { directory })
    expect({ code, output: JSON.parse(output) as unknown }).toEqual({
      code: 0,
      output: { folder: 'login', warnings: [] },
    })
    expect(existsSync(join(directory, 'login/package.json'))).toBe(true)
  })

  it.each([
    [['Acme ID'], 'id must be lower-case letters and digits, in words joined by "-", at most 40 characters.'],
    [[], 'id is missing. Give it as the first argument, e.g. "acme-id".'],
  ])('refuses %j with 1, and makes nothing', async (id, problem) => {
    const directory = temporaryDirectory()
    const told = await run(['new', 'provider', ...id, '--offline'], { directory })
    expect({ code: told.code, output: told.output }).toEqual({ code: 1, output: '' })
    expect(told.errors).toContain(problem)
    const asJson = await run(['new', 'provider', ...id, '--offline', '--json'], { directory })
    expect(asJson).toMatchObject({ code: 1, output: '' })
    expect(JSON.parse(asJson.errors)).toEqual({ problems: [expect.stringContaining(problem)] })
  })

  it('answers an unknown option with 2', async () => {
    expect(await run(['new', 'provider', 'acme', '--isuer', 'x'])).toMatchObject({ code: 2, output: '' })
  })
})
