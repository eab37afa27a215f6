import { type ClientProfile, clientProfiles } from '../../conformance/client-profile.ts'
import type { GeneratedFile } from './generated-file.ts'
import { markdownTable } from './markdown-table.ts'

const ways = {
  document: 'metadata document',
  registration: 'dynamic registration',
  operator: 'operator',
} as const

const introduction = `# Clients

Every row is a client profile that the tests play against the gateway ([conformance/clients.test.ts](../conformance/clients.test.ts)): with every way in which the client becomes known and every redirect URI, from the first refused request to a call with a refreshed token. The build fails if one of them does not pass.

This page is generated from the profiles in [conformance/clients](../conformance/clients/). “Measured” means that we observed the client, “documented” that its vendor or its users describe it.
`

/** Which client registers, returns and refreshes how. */
export function clientMatrix(): GeneratedFile[] {
  const table = markdownTable(
    ['Client', 'Registered by', 'Redirect URIs', 'Refreshes', 'Evidence'],
    clientProfiles().map((profile) => [
      profile.name,
      [...new Set(profile.registrations.map(({ by }) => `✓ ${ways[by]}`))].join(', '),
      profile.redirectUris.map((uri) => `✓ \`${uri}\``).join(', '),
      '✓',
      profile.evidence,
    ]),
  )
  const notes = clientProfiles().map(({ name, peculiar }: ClientProfile) => `- **${name}**: ${peculiar}`)
  const content = [introduction.trim(), table, '## Peculiarities', notes.join('\n')].join('\n\n')
  return [{ path: 'docs/clients.md', content: `${content}\n` }]
}
