import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { packPackages, type PackedPackage } from '../pack-packages.ts'
import { runCommand } from '../run-command.ts'
import { readManifest, workspacePackages } from '../workspace-packages.ts'

/** A package that a project has. */
export interface InstalledPackage {
  readonly name: string
  /** Without links. */
  readonly directory: string
  /** Whether it is one of this workspace, from its tarball. */
  readonly isOurs: boolean
}

/**
 * A project outside the workspace with packages of ours as they would be published. Their dependencies are links to the
 * versions of the lockfile: nothing is asked of a registry, and the same commit gives the same files everywhere.
 */
export class LinkedProject implements Disposable {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'portico-footprint-')))
  #packed: readonly PackedPackage[] = []

  /** Installs packages of the workspace and all they need. They must have been built. */
  async install(names: readonly string[]): Promise<void> {
    const wanted = new Set(ownDependencies(names))
    this.#packed = await packPackages(join(this.directory, 'tarballs'), ({ name }) => wanted.has(name))
    for (const { name, tarball } of this.#packed) {
      const target = join(this.directory, 'node_modules', name)
      mkdirSync(target, { recursive: true })
      await runCommand('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    }
    for (const { name, directory } of this.installed(names)) {
      const link = join(this.directory, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      if (!existsSync(link)) symlinkSync(directory, link)
    }
  }

  /** What some of the packages and their dependencies are: each package once. */
  installed(names: readonly string[]): InstalledPackage[] {
    const found = new Map<string, InstalledPackage>()
    const visit = (name: string, user: string) => {
      if (found.has(name)) return
      const own = this.#packed.find((candidate) => candidate.name === name)
      const directory = own ? join(this.directory, 'node_modules', name) : dependencyOf(user, name)
      found.set(name, { name, directory, isOurs: own !== undefined })
      const { dependencies = {} } = readManifest(join(directory, 'package.json'))
      // The workspace's own folder has the links to what its package depends on.
      for (const dependency of Object.keys(dependencies)) visit(dependency, own?.directory ?? directory)
    }
    for (const name of names) visit(name, this.directory)
    return [...found.values()]
  }

  /** Writes a program and returns its path. */
  write(file: string, text: string): string {
    const path = join(this.directory, file)
    writeFileSync(path, text)
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** The packages of this workspace that some of them need, themselves among them. */
function ownDependencies(names: readonly string[]): string[] {
  const workspace = new Map(workspacePackages().map((candidate) => [candidate.name, candidate]))
  return names.flatMap((name) => {
    const own = workspace.get(name)
    return own ? [name, ...ownDependencies(Object.keys(own.manifest.dependencies ?? {}))] : []
  })
}

/** Where Node would find a dependency: beside its user, or in a `node_modules` further up. */
function dependencyOf(user: string, name: string): string {
  const found = [user, ...ancestors(user)]
    .map((directory) => join(directory, 'node_modules', name))
    .find((directory) => existsSync(directory))
  if (found === undefined) throw new Error(`${name}, which ${user} needs, is not installed`)
  return realpathSync(found)
}

function ancestors(directory: string): string[] {
  const parent = dirname(directory)
  return parent === directory ? [] : [parent, ...ancestors(parent)]
}
