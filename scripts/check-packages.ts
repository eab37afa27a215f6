// Checks what would be published: the packed tarballs, not the tree.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { documentedImports } from './documented-imports.ts'
import { packPackages, type PackedPackage } from './pack-packages.ts'
import { runCommand } from './run-command.ts'
import { workspaceRoot, type PackageManifest } from './workspace-packages.ts'

const directory = mkdtempSync(join(tmpdir(), 'portico-packed-'))
try {
  const packed = await packPackages(directory)
  const problems: string[] = []
  for (const candidate of packed) {
    const found = await problemsOf(candidate)
    problems.push(...found.map((problem) => `${candidate.name}: ${problem}`))
    console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${candidate.name} (${candidate.files.length} files)`)
  }
  problems.push(...(await problemsOfDocumentation(packed)))
  if (problems.length > 0) {
    console.error(`\n${problems.join('\n')}`)
    process.exitCode = 1
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

async function problemsOf(candidate: PackedPackage): Promise<string[]> {
  const manifest = await packedManifest(candidate)
  const tools = await Promise.all([
    problemsSaidBy('publint', ['run', candidate.tarball, '--strict']),
    problemsSaidBy('attw', [candidate.tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji']),
  ])
  return [
    ...tools.flat(),
    ...['README.md', 'LICENSE', 'package.json']
      .filter((file) => !candidate.files.includes(file))
      .map((file) => `the tarball has no ${file}`),
    ...candidate.files
      .filter((file) => /(^|\/)(test|node_modules)\/|\.test\.|tsconfig|turbo\.json/.test(file))
      .map((file) => `${file} does not belong into the tarball`),
    ...exportedFiles(manifest)
      .filter((file) => !candidate.files.includes(file))
      .map((file) => `package.json names ${file}, which is not in the tarball`),
    ...unresolvedRanges(manifest),
  ]
}

/** Files that `exports`, `imports` and `bin` point at, patterns left out. */
function exportedFiles({ exports = {}, imports = {}, bin = {} }: PackageManifest): string[] {
  return [exports, imports, bin]
    .flatMap(targetsOf)
    .filter((target) => !target.includes('*'))
    .map((target) => target.replace(/^\.\//, ''))
}

function targetsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(targetsOf) : []
}

/** `workspace:` and `catalog:` mean nothing outside this workspace. */
function unresolvedRanges(manifest: PackageManifest): string[] {
  const ranges = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
  return Object.entries(ranges)
    .filter(([, range]) => /^(workspace|catalog|link|file):/.test(range))
    .map(([name, range]) => `the packed manifest asks for ${name} as "${range}"`)
}

async function packedManifest({ tarball }: PackedPackage): Promise<PackageManifest> {
  return JSON.parse(await runCommand('tar', ['-xzOf', tarball, 'package/package.json'])) as PackageManifest
}

async function problemsSaidBy(tool: string, toolArguments: readonly string[]): Promise<string[]> {
  try {
    await runCommand(join(workspaceRoot, 'node_modules/.bin', tool), toolArguments)
    return []
  } catch (error) {
    return [String(error)]
  }
}

/** Every import that a Markdown page shows must be possible with the packages as they are. */
async function problemsOfDocumentation(packed: readonly PackedPackage[]): Promise<string[]> {
  const problems: string[] = []
  for (const { page, specifier, names } of documentedImports()) {
    const owner = packed.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
    if (owner === undefined) {
      problems.push(`${page} imports ${specifier}, which is not a public package of this workspace`)
      continue
    }
    const subpath = `.${specifier.slice(owner.name.length)}`
    const target = owner.manifest.exports?.[subpath]
    const entry = typeof target === 'object' ? target['@portico/source'] : target
    if (entry === undefined) {
      problems.push(`${page} imports ${specifier}, but ${owner.name} does not export "${subpath}"`)
      continue
    }
    const source = readFileSync(join(owner.directory, entry), 'utf8')
    problems.push(
      ...names
        .filter((name) => !new RegExp(`\\b${name}\\b`).test(source))
        .map((name) => `${page} imports ${name}, which ${specifier} does not export`),
    )
  }
  return problems
}
