import { html } from 'hono/html'

import { documentTrust } from '../clients/document-trust.ts'
import { classifyRedirectUri, type RedirectUriKind } from '../clients/redirect-uri.ts'
import type { ClientRecord } from '../records.ts'
import type { Settings } from '../settings.ts'
import { displayText } from './display-text.ts'
import type { Html } from './html.ts'
import type { Translator } from './translator.ts'

/** What can be said of a client: first what is proven, then what it says of itself. */
export interface ClientPortrait {
  /** Stands in a sentence: the host that vouches for it, the operator's name for it, or "An app on this computer". */
  readonly title: Html
  /** What it calls itself; absent where the operator vouches for the name. */
  readonly selfGivenName: string | undefined
  /** Whether `title` is an address to go by. */
  readonly hasAddress: boolean
  /** Where answers go: a host, or the scheme of an app. */
  readonly destination: string
  readonly kind: RedirectUriKind
  readonly redirectUri: string
  /** The operator wants users to think twice about the host it comes from (CIMD-23). */
  readonly unvetted: boolean
}

const maximumUri = 200

export function portrayClient(
  { registration }: Pick<Settings, 'registration'>,
  client: ClientRecord,
  redirectUri: string,
  { text }: Translator,
): ClientPortrait {
  const classified = classifyRedirectUri(redirectUri, registration.privateUseSchemes)
  const kind = typeof classified === 'string' ? classified : 'private-use'
  const destination = kind === 'private-use' ? schemeOf(redirectUri) : new URL(redirectUri).host
  const address = addressOf(client, kind, destination)
  const name = client.name === undefined ? undefined : displayText(client.name)
  const unvetted =
    client.origin === 'document' && documentTrust(registration.documentPolicy, client.clientId) === 'warn'
  const common = { destination, kind, redirectUri: shortened(redirectUri), unvetted }
  if (client.origin === 'configured' && name) {
    return { ...common, title: strong(name), selfGivenName: undefined, hasAddress: false }
  }
  if (address !== undefined) {
    return { ...common, title: strong(address), selfGivenName: name || undefined, hasAddress: true }
  }
  const title = text(kind === 'loopback' ? 'consent.localApp' : 'consent.schemeApp')
  return { ...common, title: strong(title), selfGivenName: name || undefined, hasAddress: false }
}

/** A name can be anybody's; a host cannot: that of the client's document, or that of the redirect URI (CIMD-18). */
function addressOf(client: ClientRecord, kind: RedirectUriKind, destination: string): string | undefined {
  if (client.origin === 'document') return new URL(client.clientId).host
  return kind === 'https' ? destination : undefined
}

const strong = (text: Html | string): Html => html`<span class="host">${text}</span>`

/** `cursor` of `cursor://…`. */
const schemeOf = (uri: string): string => uri.slice(0, uri.indexOf(':'))

const shortened = (uri: string): string => (uri.length > maximumUri ? `${uri.slice(0, maximumUri)}…` : uri)
