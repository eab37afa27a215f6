// Writes the generated parts of the documentation; with --check, tells which of them are out of date instead.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { outdatedFiles } from './generate/outdated-files.ts'
import { workspaceRoot } from './workspace-packages.ts'

const outdated = await outdatedFiles()
const paths = outdated.map(({ path }) => path).join(', ')

if (outdated.length === 0) console.log('all generated files are current')
else if (process.argv.includes('--check')) {
  console.error(`out of date: ${paths}. Run \`pnpm generate\` and commit the result.`)
  process.exitCode = 1
} else {
  for (const { path, content } of outdated) {
    const file = join(workspaceRoot, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  console.log(`written: ${paths}`)
}
