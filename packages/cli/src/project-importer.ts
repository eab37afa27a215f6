import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { ImportModule } from '@portico/gateway'

import { bundledProviders } from './bundled-providers.generated.ts'

/**
 * Loads modules as a file inside `directory` would: its own installed packages first, then those that came with the
 * command line. `./…` is a file below `directory`.
 */
export function projectImporter(directory: string): ImportModule {
  const require = createRequire(join(resolve(directory), 'package.json'))
  return (specifier) => {
    if (specifier.startsWith('.')) return loadFile(directory, specifier)
    const file = installedFile(require, specifier)
    if (file !== undefined) return load(pathToFileURL(file).href)
    const bundled = bundledProviders[specifier.replace(/^@portico\//, '')]
    return bundled && specifier.startsWith('@portico/') ? bundled() : load(specifier)
  }
}

/** Ids of the providers that need no installation. */
export const providerIds: readonly string[] = Object.keys(bundledProviders)

function loadFile(directory: string, specifier: string): Promise<object> {
  const file = resolve(directory, specifier)
  if (existsSync(file)) return load(pathToFileURL(file).href)
  const error = new Error(`Cannot find module '${specifier}' below ${directory}`)
  return Promise.reject(Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' }))
}

function load(specifier: string): Promise<object> {
  return import(specifier) as Promise<object>
}

function installedFile(require: NodeJS.Require, specifier: string): string | undefined {
  try {
    return require.resolve(specifier)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'MODULE_NOT_FOUND') return undefined
    // The package is there but offers nothing to `require`.
    if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return importedFile(require, specifier)
    throw error
  }
}

/** What `import` would choose: `require.resolve` knows only the conditions of CommonJS. */
function importedFile(require: NodeJS.Require, specifier: string): string | undefined {
  const folder = require.resolve
    .paths(specifier)
    ?.map((path) => join(path, specifier))
    .find((path) => existsSync(join(path, 'package.json')))
  if (folder === undefined) return undefined
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports?: unknown }
  const target = conditionalTarget(isRecord(exports) && '.' in exports ? exports['.'] : exports)
  return target === undefined ? undefined : join(folder, target)
}

function conditionalTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (!isRecord(target)) return undefined
  const condition = Object.keys(target).find((name) => ['import', 'node', 'default'].includes(name))
  return condition === undefined ? undefined : conditionalTarget(target[condition])
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
