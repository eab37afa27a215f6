import { globSync, readFileSync } from 'node:fs'

/** How a client becomes known to the authorization server. */
export type ClientRegistration =
  /** It has published a document about itself (CIMD). */
  | {
      readonly by: 'document'
      readonly document: Readonly<Record<string, unknown>> & { readonly client_id: string }
    }
  /** It registers itself (RFC 7591). */
  | { readonly by: 'registration'; readonly metadata: Readonly<Record<string, unknown>> }
  /** The operator of the gateway enters it. */
  | { readonly by: 'operator'; readonly redirectUris: readonly string[]; readonly clientSecret?: string }

/** What a client in the field does, as far as the gateway can tell it from others. */
export interface ClientProfile {
  readonly name: string
  /** Whether it was watched, or its vendor and its users say so. */
  readonly evidence: 'measured' | 'documented'
  /** Every way it knows, the preferred one first. */
  readonly registrations: readonly ClientRegistration[]
  /** What it asks to be sent back to; the ports of loopback are examples. */
  readonly redirectUris: readonly string[]
  /** `challenge` stands for the scope of the challenge. */
  readonly scope: string
  readonly prompt?: string
  /** Default as the protocol says. */
  readonly accept?: string
  readonly peculiar: string
}

const directory = new URL('./clients/', import.meta.url)

/** Every profile, by the name of its file. */
export function clientProfiles(): ClientProfile[] {
  return globSync('*.json', { cwd: directory })
    .toSorted()
    .map((file) => JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as ClientProfile)
}
