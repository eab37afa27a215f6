import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { providerPackages, type DocumentedProvider } from '../../scripts/generate/provider-packages.ts'

const providers = await providerPackages()
const [example] = providers

describe.each(providers.map((provider) => [provider.name, provider] as const))('%s', (_name, provider) => {
  it('has the files of every provider package and no others', () => {
    const id = basename(provider.path)
    const files = globSync('**/*', {
      cwd: provider.directory,
      exclude: (name) => ['node_modules', 'dist', '.turbo'].includes(name),
    }).filter((file) => /\.\w+$/.test(file))
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'package.json',
        'src/index.ts',
        `test/${id}.test.ts`,
        'tsconfig.json',
        'turbo.json',
      ]),
    )
    const allowed =
      /^(README\.md|CHANGELOG\.md|(package|tsconfig|turbo)\.json|(src|test)\/[\w-]+(\.test)?\.ts|test\/fixtures\/.+\.json)$/
    expect(files.filter((file) => !allowed.test(file))).toEqual([])
  })

  it('depends on the contract, on zod where it has schemas of its own, and on nothing else', () => {
    const dependencies = Object.keys(provider.manifest.dependencies ?? {})
    expect(dependencies).toContain('@portico/provider')
    expect(dependencies.filter((name) => !['@portico/provider', 'zod'].includes(name))).toEqual([])
  })

  it('has the manifest and the configuration of every provider package', () => {
    const common = ({ manifest }: DocumentedProvider) => ({
      ...manifest,
      name: '',
      description: '',
      version: '',
      dependencies: {},
    })
    expect(common(provider)).toEqual(example && common(example))
    for (const file of ['tsconfig.json', 'turbo.json']) {
      expect(textOf(provider, file), file).toBe(example && textOf(example, file))
    }
  })

  it('is called like its directory, and so is its factory', async () => {
    const id = basename(provider.path)
    expect(provider.id).toBe(id)
    const exported = (await import(join(provider.directory, 'src/index.ts'))) as object
    const factory = id.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
    expect(Object.keys(exported)).toContain(factory)
  })

  it('has a README with the headings of every provider package', () => {
    expect(headingsOf(provider)).toEqual(example && headingsOf(example))
  })
})

function textOf({ directory }: DocumentedProvider, file: string): string {
  return readFileSync(join(directory, file), 'utf8')
}

/** Headings of the second level, with the provider's own name taken out. */
function headingsOf(provider: DocumentedProvider): string[] {
  return [...textOf(provider, 'README.md').matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
    heading.replaceAll(provider.title, '…'),
  )
}
