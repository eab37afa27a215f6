import { readFileSync, writeFileSync } from 'node:fs'

/** What holds on one runtime: numbers of scenarios of the official suite. */
export interface RuntimeResult {
  readonly id: string
  readonly title: string
  readonly version: string
  /** By revision of MCP: required scenarios that hold. */
  readonly server: Readonly<Record<string, number>>
  readonly authorizationServer: number
}

const file = new URL('./tested-runtimes.json', import.meta.url)

/** What the documentation says. */
export function readTestedRuntimes(): readonly RuntimeResult[] {
  return JSON.parse(readFileSync(file, 'utf8')) as RuntimeResult[]
}

/** Replaces what the documentation says about these runtimes. */
export function writeTestedRuntimes(results: readonly RuntimeResult[]): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

/** Titles of the runtimes about which the documentation says something else. */
export function changedRuntimes(results: readonly RuntimeResult[]): readonly string[] {
  const documented = new Map(readTestedRuntimes().map((result) => [result.id, JSON.stringify(result)]))
  return results
    .filter((result) => documented.get(result.id) !== JSON.stringify(result))
    .map(({ title }) => title)
}
