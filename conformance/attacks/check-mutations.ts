// Takes the defences of the attack list away, one at a time and in memory only, and expects the tests that cite the
// threat to fail: a test that stays green proves nothing.
//
//   pnpm check:mutations [line or section …]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { createVitest, type TestModule, type TestSpecification, type Vitest } from 'vitest/node'

import { nodeHost } from './hosts/node-host.ts'
import { threatSections } from './threats/index.ts'
import type { Defence, Threat } from './threats/threat.ts'

interface Mutation {
  readonly threat: Threat
  readonly defence: Defence
  readonly file: string
  readonly mutated: string
}

/** What only hosts that listen go through: elsewhere the defence is not missed. */
const listening = /^packages\/gateway\/src\/(?:hosting|node)\//
const root = join(import.meta.dirname, '../..')
const wanted = process.argv.slice(2)
const threats = threatSections
  .flatMap((section) => section.threats)
  .filter(({ id }) => wanted.length === 0 || wanted.some((start) => id.startsWith(start)))
const mutations = threats.flatMap((threat) =>
  threat.defences.flatMap((defence) => mutationOf(threat, defence)),
)

/** What is served in place of a file, while the defence is away. */
let current: Mutation | undefined

// One storage is enough: what is taken away does not depend on it.
process.env['PORTICO_ATTACK_STORAGES'] = 'memory'
const vitest = await createVitest(
  {
    root,
    config: join(root, 'vitest.config.ts'),
    watch: false,
    reporters: [{}],
    // Its entries know nothing of what is replaced here.
    fsModuleCache: false,
  },
  {
    plugins: [
      {
        name: 'without-defence',
        enforce: 'pre',
        transform: (_code, id) =>
          current !== undefined && id === current.file ? { code: current.mutated, map: null } : undefined,
      },
    ],
  },
)
const specifications = await vitest.globTestSpecifications(['conformance/attacks/'])
const problems: string[] = []
const untouched = await run(vitest, specifications)
for (const { id } of threats) {
  const outcome = outcomeOf(untouched, id)
  if (outcome !== 'passed') problems.push(`${id}: ${outcome} although nothing was taken away`)
}
for (const mutation of mutations) {
  const { threat, defence } = mutation
  current = mutation
  vitest.invalidateFile(mutation.file)
  vitest.provide('withoutDefence', { file: defence.file, text: mutation.mutated })
  const outcome = outcomeOf(await run(vitest, specifications, mutation), threat.id)
  vitest.invalidateFile(mutation.file)
  current = undefined
  console.log(`${outcome === 'failed' ? 'red ' : outcome}  ${threat.id}  without: ${defence.does}`)
  if (outcome !== 'failed') problems.push(`${threat.id}: ${outcome} without the defence in ${defence.file}`)
}
await vitest.close()

console.log(`\n${mutations.length} defences taken away, ${problems.length} problems`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function mutationOf(threat: Threat, defence: Defence): Mutation[] {
  const { removal } = defence
  if (removal === undefined) return []
  const file = join(root, defence.file)
  const source = readFileSync(file, 'utf8')
  const count = source.split(removal.text).length - 1
  if (count !== 1) {
    throw new Error(
      `${threat.id}: the defence in ${defence.file} is no longer what the list says: ${count} times there: ${removal.text}`,
    )
  }
  return [{ threat, defence, file, mutated: source.replace(removal.text, () => removal.replacement) }]
}

/** Runs the tests that cite the threat, on the host that needs the defence, or all tests on all. */
async function run(
  runner: Vitest,
  candidates: readonly TestSpecification[],
  mutation?: Mutation,
): Promise<readonly TestModule[]> {
  if (mutation === undefined) runner.resetGlobalTestNamePattern()
  else {
    const { threat, defence } = mutation
    const isMissed = listening.test(defence.file) ? '=' : '!'
    runner.setGlobalTestNamePattern(new RegExp(`^(?${isMissed}.*${nodeHost.name}).*\\b${threat.id}\\b`))
  }
  const start = mutation === undefined ? '' : `${mutation.threat.id.charAt(0).toLowerCase()}-`
  const chosen = candidates.filter(({ moduleId }) => moduleId.includes(`/attacks/${start}`))
  return (await runner.runTestSpecifications(chosen)).testModules
}

/** How the tests went that cite the threat: one failure is enough, and none at all proves nothing. */
function outcomeOf(modules: readonly TestModule[], id: string): 'passed' | 'failed' | 'not tested' {
  // A module that does not even load is no proof.
  if (modules.some((module) => module.errors().length > 0)) return 'not tested'
  const states = new Set(
    modules
      .flatMap((module) => [...module.children.allTests()])
      .filter(({ name }) => new RegExp(`\\b${id}\\b`).test(name))
      .map((test) => test.result().state),
  )
  if (states.has('failed')) return 'failed'
  return states.has('passed') ? 'passed' : 'not tested'
}
