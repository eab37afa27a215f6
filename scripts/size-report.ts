// Prints how large each public package is: the tarball, what it unpacks to, and the lines of its sources and tests.
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { markdownTable } from './generate/markdown-table.ts'
import { buildPackages, packPackages } from './pack-packages.ts'

const directory = mkdtempSync(join(tmpdir(), 'portico-sizes-'))
try {
  await buildPackages()
  const rows = (await packPackages(directory)).map(({ name, tarball, files, directory: home, manifest }) => [
    name,
    kibibytes(statSync(tarball).size),
    kibibytes(files.reduce((sum, file) => sum + sizeOf(join(home, file)), 0)),
    String(Object.keys(manifest.dependencies ?? {}).length),
    String(linesOf(home, 'src')),
    String(linesOf(home, 'test')),
  ])
  const header = ['Package', 'Tarball KiB', 'Unpacked KiB', 'Dependencies', 'Source lines', 'Test lines']
  console.log(markdownTable(header, rows))
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function kibibytes(bytes: number): string {
  return (bytes / 1024).toFixed(1)
}

/** A packed file that is not in the package's own directory, such as LICENSE, comes from the root of the workspace. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function linesOf(home: string, part: string): number {
  return globSync(`${part}/**/*.ts`, { cwd: home })
    .map((file) => readFileSync(join(home, file), 'utf8').split('\n').length)
    .reduce((sum, lines) => sum + lines, 0)
}
