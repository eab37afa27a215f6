// Runs the properties of the parsers for as long as it is told to, one after the other in one process, and writes down
// the outcome.
//
//   pnpm fuzz [minutes]        default 60
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as fc from 'fast-check'

import { parserProperties } from '../test/properties/index.ts'
import { workspaceRoot } from './workspace-packages.ts'

const minutes = Number(process.argv[2] ?? 60)
if (!(minutes > 0)) throw new Error('Usage: pnpm fuzz [minutes]')
const startedAt = Date.now()
const deadline = startedAt + minutes * 60_000
const revision = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
  cwd: workspaceRoot,
  encoding: 'utf8',
}).trim()
const inputs = new Map(parserProperties.map(({ title }) => [title, 0]))
const failures: string[] = []

while (Date.now() < deadline && failures.length === 0) {
  for (const { title, property, runs } of parserProperties) {
    if (Date.now() >= deadline) break
    const outcome = await fc.check(property, { numRuns: runs })
    inputs.set(title, (inputs.get(title) ?? 0) + outcome.numRuns)
    if (outcome.failed) failures.push(`${title}\n${fc.defaultReportMessage(outcome) ?? ''}`)
  }
}

const total = [...inputs.values()].reduce((sum, count) => sum + count, 0)
const ran = Math.round((Date.now() - startedAt) / 60_000)
for (const [title, count] of inputs) console.log(`${String(count).padStart(10)}  ${title}`)
console.log(`${String(total).padStart(10)}  inputs in ${ran} minutes, ${failures.length} failures`)
for (const failure of failures) console.error(`\n${failure}`)
if (failures.length === 0) writeFileSync(join(workspaceRoot, 'docs/fuzzing.md'), report())
process.exitCode = failures.length === 0 ? 0 : 1

function report(): string {
  const lines = [...inputs].map(
    ([title, count]) => `- ${count.toLocaleString('en')} inputs: for any input, ${title}`,
  )
  return `# Fuzzing

Parsers of untrusted input are tested against properties: no crash, no accepted forgery, no secret in any message. The tests try the same few thousand inputs each time (\`PORTICO_TEST_SEED\` chooses others); \`pnpm fuzz [minutes]\` runs for as long as you say (an hour by default), stops at the first counterexample with the seed that reproduces it, and otherwise writes this page.

The last run: ${new Date(startedAt).toISOString().slice(0, 10)}, ${ran} minutes in one process on Node ${process.versions.node}, of revision ${revision}, **${total.toLocaleString('en')} inputs, no failure**.

${lines.join('\n')}
`
}
