import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { runPnpm } from './run-pnpm.ts'
import { workspacePackages, workspaceRoot, type WorkspacePackage } from './workspace-packages.ts'

export interface PackedPackage extends WorkspacePackage {
  /** Absolute path of the `.tgz`. */
  readonly tarball: string
  /** Paths inside the tarball, without the leading `package/`. */
  readonly files: readonly string[]
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
  const packed: PackedPackage[] = []
  for (const candidate of workspacePackages()) {
    if (!candidate.isPublic || !isWanted(candidate)) continue
    const output = await runPnpm(['pack', '--json', '--pack-destination', directory], {
      directory: candidate.directory,
    })
    const { filename, files } = JSON.parse(output) as { filename: string; files: { path: string }[] }
    packed.push({
      ...candidate,
      tarball: join(directory, filename.slice(filename.lastIndexOf('/') + 1)),
      files: files.map(({ path }) => path),
    })
  }
  return packed
}
