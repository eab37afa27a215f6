import { join } from 'node:path'

import { workspacePackages } from './workspace-packages.ts'

/** Runtimes that a package may promise. */
export type RuntimeName = 'Node' | 'Bun' | 'Deno' | 'Workers'

/** What a published package lets others import. */
export interface PackageEntry {
  /** e.g. `@portico/gateway/node` */
  readonly specifier: string
  /** The source behind it. */
  readonly file: string
}

/** Something that users import, and where it works. */
export interface PublicEntry extends PackageEntry {
  readonly runtimes: readonly RuntimeName[]
}

/** Libraries whose whole purpose is a server or a tool on Node. */
export const forNodeOnly = /^packages\/(dev-idp|test-peers|testkit)$/

/** Commands: nobody imports them. */
const commands = /^packages\/(cli|create-.*)$/

const bySubpath: Readonly<Record<string, readonly RuntimeName[]>> = {
  node: ['Node'],
  bun: ['Bun'],
  deno: ['Deno'],
  workers: ['Workers'],
  // prom-client asks Node for its cluster and for processes.
  prometheus: ['Node', 'Bun', 'Deno'],
}

/** Every entry of every published package, in the order of their paths. */
export function packageEntries(): readonly PackageEntry[] {
  return entries().map(({ specifier, file }) => ({ specifier, file }))
}

/** Every entry of the published libraries. */
export function publicEntries(): readonly PublicEntry[] {
  return entries()
    .filter(({ path }) => !commands.test(path))
    .map(({ path, subpath, specifier, file }) => ({
      specifier,
      file,
      runtimes: runtimesOf(path, subpath.split('/').at(-1) ?? ''),
    }))
}

function entries() {
  return workspacePackages()
    .filter(({ isPublic }) => isPublic)
    .flatMap(({ name, path, directory, manifest }) =>
      Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
        const source = typeof target === 'string' ? undefined : target['@portico/source']
        return source === undefined
          ? []
          : [{ path, subpath, specifier: `${name}${subpath.slice(1)}`, file: join(directory, source) }]
      }),
    )
}

function runtimesOf(path: string, subpath: string): readonly RuntimeName[] {
  const named = bySubpath[subpath]
  if (named !== undefined) return named
  return forNodeOnly.test(path) ? ['Node'] : ['Node', 'Bun', 'Deno', 'Workers']
}
