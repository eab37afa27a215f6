// Writes the generated parts of the documentation; with --check, tells which of them are out of date instead.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { GeneratedFile } from './generate/generated-file.ts'
import { packageTable } from './generate/package-table.ts'
import { workspaceRoot } from './workspace-packages.ts'

/** Each returns files with their whole wanted content. They run in this order and see each other's results. */
const generators: readonly (() => GeneratedFile[] | Promise<GeneratedFile[]>)[] = [packageTable]

const isCheck = process.argv.includes('--check')
const outdated: string[] = []

for (const generator of generators) {
  for (const { path, content } of await generator()) {
    const file = join(workspaceRoot, path)
    if (existsSync(file) && readFileSync(file, 'utf8') === content) continue
    outdated.push(path)
    if (isCheck) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

if (outdated.length === 0) console.log('all generated files are current')
else if (isCheck) {
  console.error(`out of date: ${outdated.join(', ')}. Run \`pnpm generate\` and commit the result.`)
  process.exitCode = 1
} else console.log(`written: ${outdated.join(', ')}`)
