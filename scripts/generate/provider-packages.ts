import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { workspacePackages, type WorkspacePackage } from '../workspace-packages.ts'

/** One property of the JSON Schema of a provider's options: what the documentation shows of it. */
export interface OptionSchema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly items?: OptionSchema
  readonly properties?: Readonly<Record<string, OptionSchema>>
  readonly required?: readonly string[]
}

/** What a factory made by `defineProvider` tells about itself. */
export interface DocumentedProvider extends WorkspacePackage {
  readonly id: string
  readonly title: string
  /** The factory's name in the package. */
  readonly exportName: string
  readonly policyType: string
  readonly jsonSchema: OptionSchema
}

/** The provider packages of the workspace with the options of their factories, in the order of their names. */
export async function providerPackages(): Promise<DocumentedProvider[]> {
  const packages = workspacePackages().filter(
    ({ path, directory }) =>
      path.startsWith('packages/providers/') && globSync('src/index.ts', { cwd: directory }).length > 0,
  )
  const documented = await Promise.all(
    packages.map(async (candidate) => {
      const module = (await import(pathToFileURL(join(candidate.directory, 'src/index.ts')).href)) as object
      const [exportName, factory] =
        Object.entries(module).find((entry): entry is [string, Factory] => isFactory(entry[1])) ?? []
      if (exportName === undefined || factory === undefined)
        throw new Error(`${candidate.name} exports nothing made by defineProvider`)
      const { id, name: title, policyType, jsonSchema } = factory
      return { ...candidate, id, title, exportName, policyType, jsonSchema }
    }),
  )
  return documented.toSorted((a, b) => a.title.localeCompare(b.title, 'en'))
}

/** Options that every provider has, because the contract gives them. */
export function sharedOptions(providers: readonly DocumentedProvider[]): string[] {
  const [first, ...others] = providers.map(({ jsonSchema }) => Object.keys(jsonSchema.properties ?? {}))
  return (first ?? []).filter((option) => others.every((options) => options.includes(option)))
}

interface Factory {
  readonly id: string
  readonly name: string
  readonly policyType: string
  readonly jsonSchema: OptionSchema
}

function isFactory(value: unknown): value is Factory {
  return typeof value === 'function' && 'policyType' in value && 'jsonSchema' in value && 'id' in value
}
