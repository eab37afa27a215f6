import { workspacePackages } from './workspace-packages.ts'

/** Runtimes that a package may promise. */
export type RuntimeName = 'Node' | 'Bun' | 'Deno' | 'Workers'

/** Something that users import, and where it works. */
export interface PublicEntry {
  /** e.g. `@portico/gateway/node` */
  readonly specifier: string
  readonly runtimes: readonly RuntimeName[]
}

/** Libraries whose whole purpose is a server or a tool on Node. */
export const forNodeOnly = /^packages\/(dev-idp|test-peers|testkit)$/

/** Commands: nobody imports them. */
const commands = /^packages\/(cli|create-.*)$/

const bySubpath: Readonly<Record<string, RuntimeName>> = {
  node: 'Node',
  bun: 'Bun',
  deno: 'Deno',
  workers: 'Workers',
}

/** Every entry of the published libraries. */
export function publicEntries(): readonly PublicEntry[] {
  return workspacePackages()
    .filter(({ isPublic, path }) => isPublic && !commands.test(path))
    .flatMap(({ name, path, manifest }) =>
      Object.keys(manifest.exports ?? {})
        .filter((subpath) => subpath !== './package.json')
        .map((subpath) => ({
          specifier: `${name}${subpath.slice(1)}`,
          runtimes: runtimesOf(path, subpath.split('/').at(-1) ?? ''),
        })),
    )
}

function runtimesOf(path: string, subpath: string): readonly RuntimeName[] {
  const named = bySubpath[subpath]
  if (named !== undefined) return [named]
  return forNodeOnly.test(path) ? ['Node'] : ['Node', 'Bun', 'Deno', 'Workers']
}
