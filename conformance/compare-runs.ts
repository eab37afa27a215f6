import type { SuiteRun } from './run-suite.ts'

/** What a run says of each scenario, by its name: a line such as `✓ tools-list: 1 passed, 0 failed`. */
function scenarioLines({ output }: SuiteRun): ReadonlyMap<string, string> {
  const lines = output.matchAll(/^[✓✗] (\S+): \d+ passed, \d+ failed$/gm)
  return new Map([...lines].map(([line, name = '']) => [name, line]))
}

/** Where the gateway is better than the server behind it, and why. */
const explained: ReadonlyMap<string, string> = new Map([
  [
    'dns-rebinding-protection',
    'the gateway refuses foreign hosts, the server behind it leaves that to others',
  ],
])

/** A scenario in which two runs do not say the same. */
interface Difference {
  readonly scenario: string
  readonly direct: string
  readonly through: string
  readonly explanation: string | undefined
}

/** What a person reads of a comparison, and whether it holds. */
export function describeComparison(
  revision: string,
  direct: SuiteRun,
  through: SuiteRun,
): { readonly holds: boolean; readonly lines: readonly string[] } {
  const found = differences(direct, through)
  const compared = scenarioLines(direct).size
  const holds = compared > 0 && found.every(({ explanation }) => explanation !== undefined)
  const lines = [
    '',
    `${holds ? 'ok  ' : 'FAIL'} server, required by ${revision}: the same through the gateway as directly`,
    `  ${compared} scenarios compared, ${found.length} different`,
    ...found.flatMap(({ direct: alone, through: behind, explanation = 'not explained' }) => [
      `  directly ${alone}`,
      `  through  ${behind}`,
      `  because  ${explanation}`,
    ]),
  ]
  return { holds, lines }
}

/** Every scenario that ends otherwise through the gateway than directly. Only a better end can be explained. */
function differences(direct: SuiteRun, through: SuiteRun): readonly Difference[] {
  const one = scenarioLines(direct)
  const other = scenarioLines(through)
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((scenario) => {
      const line = other.get(scenario) ?? 'not run'
      const explanation = line.startsWith('✓') ? explained.get(scenario) : undefined
      return { scenario, direct: one.get(scenario) ?? 'not run', through: line, explanation }
    })
    .filter((difference) => difference.direct !== difference.through)
}
