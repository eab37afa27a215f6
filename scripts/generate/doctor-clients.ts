import { clientProfiles } from '../../conformance/client-profile.ts'
import type { GeneratedFile } from './generated-file.ts'

/** What `portico doctor` plays against a running gateway: the profiles of the tests, as far as a client acts alone. */
export function doctorClients(): GeneratedFile[] {
  const profiles = clientProfiles().map(({ name, registrations, redirectUris, prompt }) => ({
    name,
    redirectUris,
    ...(prompt !== undefined && { prompt }),
    registrations: registrations.flatMap((registration): readonly object[] => {
      if (registration.by === 'operator') return []
      if (registration.by === 'registration') return [registration]
      const { client_id: clientId, redirect_uris: redirectUris } = registration.document
      return [{ by: registration.by, clientId, redirectUris }]
    }),
  }))
  const content = `// Written by \`pnpm generate\` from conformance/clients.
import type { PlayedClient } from './play-client.ts'

/** What the clients of docs/clients.md do before a user is needed. */
export const playedClients: readonly PlayedClient[] = ${JSON.stringify(profiles, null, 2)}
`
  return [{ path: 'packages/cli/src/doctor/played-clients.generated.ts', content }]
}
