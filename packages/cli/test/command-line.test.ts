import { describe, expect, it } from 'vitest'

import { portico, run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe('the command line', () => {
  it.each([
    ['--help'],
    ['serve', '--help'],
    ['derive', '--help'],
    ['config', '--help'],
    ['config', 'check', '--help'],
    ['keys', '--help'],
    ['keys', 'generate', '--help'],
    ['audit', 'verify', '--help'],
    ['doctor', '--help'],
    ['new', 'provider', '--help'],
    ['trace', '--help'],
  ])('explains itself on standard output: %s %s %s', async (...commandLine) => {
    const { code, output, errors } = await run(commandLine)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(/^Usage: portico/)
    expect(output).not.toMatch(/default: \{\}|undefined|\[object|^ *help \[command\]/m)
  })

  it.each([
    [[], 'Usage: portico'],
    [['config'], 'Usage: portico config'],
    [['derivee'], 'Did you mean derive?'],
    [['keys', 'generate', '--jsn'], 'Did you mean --json?'],
  ])('answers %j with 2 and a hint', async (commandLine, hint) => {
    const { code, output, errors } = await run(commandLine)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toContain(hint)
  })

  it('knows its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, output: '1.2.3\n', errors: '' })
  })

  it('uses no colors', async () => {
    const { errors } = await portico(['derve'], {
      directory: temporaryDirectory(),
      environment: { FORCE_COLOR: '1' },
    })
    // oxlint-disable-next-line no-control-regex -- the escape character is what must not be there
    expect(errors).not.toMatch(/\u001b/)
  })
})

describe('portico keys generate', () => {
  it('prints one key, another one each time', async () => {
    const [first, second] = [await run(['keys', 'generate']), await run(['keys', 'generate'])]
    expect(first.output).toMatch(/^[\w-]{43}\n$/)
    expect(second.output).not.toBe(first.output)
  })

  it('prints JSON with --json', async () => {
    const { output } = await run(['keys', 'generate', '--json'])
    expect(JSON.parse(output)).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/) })
  })
})
