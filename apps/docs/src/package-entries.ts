import { join } from 'node:path'

// @boundaries-ignore scripts of the workspace
import { workspacePackages } from '../../../scripts/workspace-packages.ts'

/** What a published package lets others import. */
export interface PackageEntry {
  /** As it is imported, e.g. `@portico/mcp/node`. */
  readonly specifier: string
  readonly file: string
}

/** Every entry of every published package, in the order of their paths. */
export function packageEntries(): readonly PackageEntry[] {
  return workspacePackages()
    .filter(({ isPublic }) => isPublic)
    .flatMap(({ name, directory, manifest }) =>
      Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
        const source = typeof target === 'string' ? undefined : target['@portico/source']
        return source === undefined
          ? []
          : [{ specifier: `${name}${subpath.slice(1)}`, file: join(directory, source) }]
      }),
    )
}
