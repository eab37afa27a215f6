import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import type { PackedPackage } from '../../scripts/pack-packages.ts'
import { runCommand } from '../../scripts/run-command.ts'

/** A project outside the workspace, with nothing in it but what npm installs. */
export class EmptyProject implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'portico-project-'))

  /**
   * Installs packages from their tarballs and libraries from the registry, and removes everything else. The packages of
   * this workspace that the wanted ones need come from tarballs too: before their first release no registry has them.
   */
  async install(
    packed: readonly PackedPackage[],
    wanted: readonly string[],
    libraries: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const specifiers = (names: readonly string[]) =>
      Object.fromEntries(
        packed
          .filter(({ name }) => names.includes(name))
          .map(({ name, tarball }) => [name, `file:${tarball}`]),
      )
    const needed = neededBy(packed, wanted).filter((name) => !wanted.includes(name))
    const manifest = {
      name: 'empty-project',
      private: true,
      type: 'module',
      dependencies: { ...specifiers(wanted), ...libraries },
      overrides: specifiers(needed),
    }
    this.write('package.json', JSON.stringify(manifest, null, 2))
    await this.run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'])
  }

  /** The packages of this workspace that are installed. */
  installed(): string[] {
    return globSync(['@portico/*', 'portico'], { cwd: join(this.directory, 'node_modules') }).sort()
  }

  write(file: string, content: string): void {
    const path = join(this.directory, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }

  run(program: string, programArguments: readonly string[]): Promise<string> {
    return runCommand(program, programArguments, { directory: this.directory })
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** The packages of this workspace that some of them need, directly or through others. */
function neededBy(packed: readonly PackedPackage[], names: readonly string[]): string[] {
  const needed = packed
    .filter(({ name }) => names.includes(name))
    .flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}))
    .filter((name) => packed.some((candidate) => candidate.name === name))
  return needed.length === 0 ? [] : [...needed, ...neededBy(packed, needed)]
}
