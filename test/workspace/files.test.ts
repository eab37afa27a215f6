import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { workspacePackages, workspaceRoot } from '../../scripts/workspace-packages.ts'
import { sourceFiles } from './source-files.ts'

const maximumLines = 400

/** Files that may be longer, each with the reason. */
const mayBeLonger: Readonly<Record<string, string>> = {}

const committed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: workspaceRoot,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(workspaceRoot, file)))

const packages = workspacePackages()

describe('the files of the workspace', () => {
  it('are named after what they hold', () => {
    const vague = /^(utils?|helpers?|commons?|types|errors|misc|shared)$/
    const found = committed.filter((file) =>
      file.split('/').some((part) => vague.test(part.replace(/\.(d\.)?[cm]?[jt]sx?$/, ''))),
    )
    expect(found).toEqual([])
  })

  it(`have at most ${maximumLines} lines where they are sources`, () => {
    const long = packages
      .flatMap((candidate) => sourceFiles(candidate))
      .filter(({ path, text }) => text.split('\n').length > maximumLines && !(path in mayBeLonger))
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length} lines`)).toEqual([])
  })

  it('export by name, one by one', () => {
    const found = packages
      .flatMap((candidate) => sourceFiles(candidate))
      // The runtime asks for the default export of a Worker's main file.
      .filter(({ path }) => !/\/workers?\.ts$/.test(path))
      .filter(({ text }) => /^export (default\b|\*)/m.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it.each([
    ['the path of somebody’s machine', /(?<![\w.~/:-])\/(home|root|Users|work|mnt|private\/var)\/[\w.-]+/],
    ['a host of a package registry', /\bregistry\.[a-z-]+\.(org|com|io|dev)\b|\b[a-z]+\.pkg\.github\.com\b/],
    ['a conflict marker', /^(<{7}|>{7}|\|{7}) /m],
    ['a live credential', /\b(ghp_\w{36}|github_pat_\w{50,}|npm_\w{36}|AKIA[A-Z0-9]{16}|xox[abp]-\w{10,})/],
    ['work left for later', /(\/\/|\/\*|#|<!--) ?(TODO|FIXME|XXX|HACK)\b/],
  ])('do not contain %s', (_what, pattern) => {
    const found = committed
      .filter((file) => !/\.(png|ico|woff2?|tgz)$/.test(file) && file !== 'test/workspace/files.test.ts')
      .flatMap((file) => {
        const match = pattern.exec(readFileSync(join(workspaceRoot, file), 'utf8'))
        return match === null ? [] : [`${file}: ${match[0]}`]
      })
    expect(found).toEqual([])
  })
})

describe.each(packages.map((candidate) => [candidate.name, candidate] as const))('%s', (name, candidate) => {
  it('says what it is in its manifest and its README', () => {
    expect(candidate.manifest).toMatchObject({
      description: expect.stringMatching(/^[A-Z].*\.$/),
      license: 'MIT',
    })
    const title = candidate.isPublic ? `\`?${name}\`?` : '\\S.*'
    const readme = readFileSync(join(candidate.directory, 'README.md'), 'utf8')
    expect(readme).toMatch(new RegExp(`^# ${title}\n\n\\S`))
  })

  it('is named after its directory', () => {
    const directory = basename(candidate.path)
    const [kind = ''] = /storages|examples/.exec(candidate.path) ?? []
    const prefix = kind.replace(/s$/, '-')
    const expected = candidate.path === 'packages/cli' ? 'portico' : `@portico/${prefix}${directory}`
    expect(name).toBe(candidate.path.startsWith('apps/') ? name : expected)
  })
})
