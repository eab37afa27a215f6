import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'

import { runPnpm } from './run-pnpm.ts'
import { workspacePackages, workspaceRoot, type WorkspacePackage } from './workspace-packages.ts'

export interface PackedPackage extends WorkspacePackage {
  /** Absolute path of the `.tgz`. */
  readonly tarball: string
  /** Paths inside the tarball, without the leading `package/`. */
  readonly files: readonly string[]
}

/** The part of what `pnpm pack --json` prints that is read here. */
interface PackResult {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Builds every public package. Only what has changed since the last build is built again. */
export async function buildPackages(): Promise<void> {
  await runPnpm(['run', 'build'], { directory: workspaceRoot })
}

/** Packs public packages, exactly as they would be published, into a directory. They must have been built. */
export async function packPackages(
  directory: string,
  isWanted: (candidate: WorkspacePackage) => boolean = () => true,
): Promise<PackedPackage[]> {
  mkdirSync(directory, { recursive: true })
  const wanted = workspacePackages().filter((candidate) => candidate.isPublic && isWanted(candidate))
  if (wanted.length === 0) return []
  const filters = wanted.map(({ name }) => `--filter=${name}`)
  const output = await runPnpm(['-r', ...filters, 'pack', '--json', '--pack-destination', directory], {
    directory: workspaceRoot,
  })
  // An array, but for a single package its only element.
  const results = [JSON.parse(output) as PackResult | PackResult[]].flat()
  return wanted.map((candidate) => {
    const result = results.find(({ name }) => name === candidate.name)
    if (result === undefined) throw new Error(`pnpm did not pack ${candidate.name}`)
    const tarball = join(directory, basename(result.filename))
    return { ...candidate, tarball, files: result.files.map(({ path }) => path) }
  })
}
