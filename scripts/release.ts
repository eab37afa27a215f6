// Publishes what a merged release pull request has versioned: packs every public package whose version is not on the
// registry yet and hands the tarballs to npm, which signs the provenance. `--dry-run` stops before the upload.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { buildPackages, packPackages } from './pack-packages.ts'
import { runCommand } from './run-command.ts'
import { workspacePackages, workspaceRoot, type WorkspacePackage } from './workspace-packages.ts'

const isDryRun = process.argv.includes('--dry-run')
const directory = mkdtempSync(join(tmpdir(), 'portico-release-'))
const unpublished: WorkspacePackage[] = []
for (const candidate of workspacePackages()) {
  if (candidate.isPublic && !(await isPublished(candidate))) unpublished.push(candidate)
}
const restoreManifests = nameRepository(unpublished)
try {
  await buildPackages()
  for (const { name, manifest, tarball } of await packPackages(directory, isUnpublished)) {
    const mode = isDryRun ? '--dry-run' : '--provenance'
    await runCommand('npm', ['publish', tarball, '--access', 'public', mode])
    console.log(`${isDryRun ? 'would publish' : 'published'} ${name}@${manifest.version}`)
  }
} finally {
  restoreManifests()
  rmSync(directory, { recursive: true, force: true })
}
if (!isDryRun) {
  // Prints a line for each new tag, from which the release workflow makes the release notes.
  const changeset = join(workspaceRoot, 'node_modules/.bin/changeset')
  console.log(await runCommand(changeset, ['git-tag'], { directory: workspaceRoot }))
}

/** Version 0.0.0 stands for "never released": the first changeset takes a package out of it. */
async function isPublished({ name, manifest }: WorkspacePackage): Promise<boolean> {
  if (manifest.version === '0.0.0') return true
  try {
    return (await runCommand('npm', ['view', `${name}@${manifest.version}`, 'version'])).trim() !== ''
  } catch (error) {
    if (String(error).includes('E404')) return false
    throw error
  }
}

function isUnpublished({ name }: WorkspacePackage): boolean {
  return unpublished.some((candidate) => candidate.name === name)
}

/** Provenance needs the repository in the manifest; where that is, the workflow knows. Returns what undoes it. */
function nameRepository(packages: readonly WorkspacePackage[]): () => void {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env
  if (server === undefined || repository === undefined) {
    if (isDryRun) return () => undefined
    throw new Error(
      'GITHUB_SERVER_URL and GITHUB_REPOSITORY are not set: the release workflow publishes, nobody else',
    )
  }
  const originals = packages.map(({ directory: home, path, manifest }) => {
    const file = join(home, 'package.json')
    const original = readFileSync(file, 'utf8')
    const url = `git+${server}/${repository}.git`
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, repository: { type: 'git', url, directory: path } }, null, 2),
    )
    return [file, original] as const
  })
  return () => {
    for (const [file, original] of originals) writeFileSync(file, original)
  }
}
