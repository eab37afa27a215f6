import { join } from 'node:path'

// Every public package that a user would notice a change in must be named by a changeset.
import { readChangesets } from '@changesets/read'

import { runCommand } from './run-command.ts'
import { workspacePackages, workspaceRoot } from './workspace-packages.ts'

const changesets = await readChangesets(workspaceRoot)
const publicPackages = workspacePackages().filter(({ isPublic }) => isPublic)
const published = new Set(publicPackages.map(({ name }) => name))
const named = new Set(changesets.flatMap(({ releases }) => releases.map(({ name }) => name)))

const problems = [
  ...changesets
    .filter(({ releases, summary }) => releases.length > 0 && summary === '')
    .map(({ id }) => `.changeset/${id}.md says nothing to the person who upgrades`),
  ...changesets.flatMap(({ id, releases }) =>
    releases
      .filter(({ name }) => !published.has(name))
      .map(({ name }) => `.changeset/${id}.md names ${name}, which is not published`),
  ),
  ...publicPackages
    .filter(({ name, manifest }) => manifest.version === '0.0.0' && !named.has(name))
    .map(({ name }) => `${name} has never been released and no changeset names it: run \`pnpm changeset\``),
  ...(await problemsSinceBase()),
]

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else {
  console.log(`${changesets.length} changesets name ${named.size} of ${published.size} public packages`)
}

/** `changeset status` against the base branch, where the clone has one that this commit differs from. */
async function problemsSinceBase(): Promise<string[]> {
  // Before the first release, the changesets that are there announce whatever else changes.
  if (publicPackages.every(({ manifest }) => manifest.version === '0.0.0')) return []
  const base = await baseReference()
  if (base === undefined) {
    console.log('no base branch in this clone: only packages without a release are checked')
    return []
  }
  try {
    await runCommand(join(workspaceRoot, 'node_modules/.bin/changeset'), ['status', '--since', base], {
      directory: workspaceRoot,
    })
    return []
  } catch (error) {
    return [String(error)]
  }
}

async function baseReference(): Promise<string | undefined> {
  for (const reference of ['origin/main', 'main']) {
    try {
      await runCommand('git', ['merge-base', reference, 'HEAD'], { directory: workspaceRoot })
      return reference
    } catch {
      // This clone has no such branch, or is too shallow to compare with it.
    }
  }
  return undefined
}
