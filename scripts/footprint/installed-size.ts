import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

import type { InstalledPackage } from './linked-project.ts'

/** What packages take on a disk, in bytes: ours, and those of others. */
export function installedSize(packages: readonly InstalledPackage[]): { ours: number; others: number } {
  const sum = (some: readonly InstalledPackage[]) =>
    some.reduce((total, { directory }) => total + directorySize(directory), 0)
  return {
    ours: sum(packages.filter(({ isOurs }) => isOurs)),
    others: sum(packages.filter(({ isOurs }) => !isOurs)),
  }
}

/** The bytes of all files, those of nested packages left out: each package is counted by itself. */
function directorySize(directory: string): number {
  return globSync('**/*', { cwd: directory, exclude: (name) => name === 'node_modules' })
    .map((file) => statSync(join(directory, file)))
    .filter((entry) => entry.isFile())
    .reduce((total, { size }) => total + size, 0)
}
