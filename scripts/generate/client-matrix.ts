import { type ClientProfile, clientProfiles } from '../../conformance/client-profile.ts'
import type { GeneratedFile } from './generated-file.ts'
import { markdownTable } from './markdown-table.ts'

const ways = {
  document: 'metadata document',
  registration: 'registration',
  operator: 'by the operator',
} as const

const introduction = `# Clients

What clients in the field do, as profiles that are played against the gateway with every run of the tests ([conformance/clients.test.ts](../conformance/clients.test.ts)): each by every way in which it becomes known, to every place it returns to, from the refusal of its first request to a call with a refreshed token. A row that stands here passes; one that does not fails the build.

This page is generated from the profiles in [conformance/clients](../conformance/clients/). “Measured” means that the client was watched, “documented” that its vendor or its users say so.
`

/** Which client registers, returns and refreshes how. */
export function clientMatrix(): GeneratedFile[] {
  const table = markdownTable(
    ['Client', 'Known by', 'Returns to', 'Refreshes', 'Evidence'],
    clientProfiles().map((profile) => [
      profile.name,
      [...new Set(profile.registrations.map(({ by }) => `✓ ${ways[by]}`))].join(', '),
      profile.redirectUris.map((uri) => `✓ \`${uri}\``).join(', '),
      '✓',
      profile.evidence,
    ]),
  )
  const notes = clientProfiles().map(({ name, peculiar }: ClientProfile) => `- **${name}**: ${peculiar}`)
  const content = [introduction.trim(), table, '## What is peculiar', notes.join('\n')].join('\n\n')
  return [{ path: 'docs/clients.md', content: `${content}\n` }]
}
