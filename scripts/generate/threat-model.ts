import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { threatSections } from '../../conformance/attacks/threats/index.ts'
import type { Defence, Threat } from '../../conformance/attacks/threats/threat.ts'
import { workspaceRoot } from '../workspace-packages.ts'
import type { GeneratedFile } from './generated-file.ts'

const path = 'docs/threat-model.md'
const suite = 'conformance/attacks/'

const introduction = `# Threat model

Every published attack on authorization servers and MCP gateways that we know of: what an attacker does, what stops it and where in the code, the test that shows it, and the sources. The tests in \`${suite}\` run against a complete gateway, over HTTP, on every storage, on the portable transport and the one for Node, and with \`pnpm conformance\` on [every runtime](runtimes.md). “Shown by removal” means that \`pnpm check:mutations\` removes the defence and expects the tests of that entry to fail. Most tests next to the code cite the same ids.

This page is generated from [the list](../${suite}threats/) and the titles of the tests. Please report a mistake or a missing attack like a vulnerability: see [SECURITY.md](../SECURITY.md).
`

/** The public document of the attack suite. */
export function threatModel(): GeneratedFile[] {
  const titles = globSync(`${suite}*.test.ts`, { cwd: workspaceRoot })
    .toSorted()
    .flatMap((file) => titlesOf(readFileSync(join(workspaceRoot, file), 'utf8')))
  const sections = threatSections.map(({ letter, title, threats }) =>
    [`## ${letter}. ${title}`, ...threats.map((threat) => describeThreat(threat, titles))].join('\n\n'),
  )
  return [{ path, content: `${[introduction.trim(), ...sections].join('\n\n')}\n` }]
}

function describeThreat(threat: Threat, titles: readonly string[]): string {
  const { id, attack, sources, defences } = threat
  const shown = titles.filter((title) => new RegExp(`\\b${id}\\b`).test(title))
  if (shown.length === 0) throw new Error(`No test in ${suite} cites ${id}.`)
  return [
    `### ${id}`,
    `An attacker ${attack}.`,
    [
      ...defences.map(describeDefence),
      ...shown.map((title) => `- Test: \`${title.replaceAll('`', "'")}\``),
      `- Sources: ${sources.join('; ')}`,
    ].join('\n'),
  ].join('\n\n')
}

function describeDefence({ does, file, removal }: Defence): string {
  return `- The gateway ${does}: ${link(file)}${removal ? ' (shown by removal)' : ''}`
}

function link(file: string): string {
  return `[${file.replace(/^.*?([^/]+\/[^/]+)$/, '$1')}](../${file})`
}

/** Titles of tests that begin with ids. */
function titlesOf(source: string): string[] {
  return [...source.matchAll(/\(\s*(['"`])((?:[A-Z]+-?\d+,? )+[^\n]*?)\1,/g)].map(([, , title = '']) =>
    title.replaceAll(String.raw`\'`, "'"),
  )
}
