import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The directory of the workspace. */
export const workspaceRoot = join(import.meta.dirname, '..')

/** The fields of a `package.json` that the tools of this workspace read. */
export interface PackageManifest {
  readonly name: string
  readonly version?: string
  readonly private?: boolean
  readonly description?: string
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean
  readonly files?: readonly string[]
  readonly bin?: string | Readonly<Record<string, string>>
  readonly imports?: Readonly<Record<string, unknown>>
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface WorkspacePackage {
  readonly name: string
  /** Relative to the workspace root, with forward slashes: `packages/providers/logto`. */
  readonly path: string
  readonly directory: string
  readonly manifest: PackageManifest
  /** Published to the registry: not marked `private`. */
  readonly isPublic: boolean
}

/** Every package of the workspace, in the order of their paths. */
export function workspacePackages(): WorkspacePackage[] {
  return globSync(
    workspacePatterns().map((pattern) => `${pattern}/package.json`),
    { cwd: workspaceRoot, exclude: (name) => name === 'node_modules' },
  )
    .map((file) => file.replaceAll('\\', '/').slice(0, -'/package.json'.length))
    .sort()
    .map((path) => {
      const directory = join(workspaceRoot, path)
      const manifest = readManifest(join(directory, 'package.json'))
      return { name: manifest.name, path, directory, manifest, isPublic: manifest.private !== true }
    })
}

/** Reads one `package.json`. */
export function readManifest(file: string): PackageManifest {
  return JSON.parse(readFileSync(file, 'utf8')) as PackageManifest
}

/** The `packages` list of pnpm-workspace.yaml. */
function workspacePatterns(): string[] {
  const text = readFileSync(join(workspaceRoot, 'pnpm-workspace.yaml'), 'utf8')
  const [, list] = /^packages:\n((?: +- .*\n)+)/m.exec(text) ?? []
  if (list === undefined) throw new Error('pnpm-workspace.yaml must have a `packages` list')
  return [...list.matchAll(/^ +- '?([^'\n]+)'?$/gm)].map(([, pattern = '']) => pattern)
}
