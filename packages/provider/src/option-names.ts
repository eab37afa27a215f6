import type { Refusal } from './validators/refusal.ts'

/** What other products call an option, and what ours might be called, the likeliest first. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  appid: ['clientId'],
  applicationid: ['clientId'],
  consumerkey: ['clientId'],
  clientkey: ['clientSecret'],
  appsecret: ['clientSecret'],
  consumersecret: ['clientSecret'],
  secret: ['clientSecret'],
  apikey: ['clientSecret'],
  scopes: ['scope'],
  timeout: ['browserLoginOverrides'],
  pkce: ['browserLoginOverrides'],
  authmethod: ['tokenEndpointAuthMethod'],
  tokenendpointauthmethodssupported: ['tokenEndpointAuthMethod'],
  authorizationparams: ['extraAuthorizationParams'],
  extraparams: ['extraAuthorizationParams'],
  algorithms: ['idTokenSigningAlgs'],
  clocktolerance: ['clockToleranceSeconds'],
  label: ['displayName'],
  alloweddomains: ['signIn'],
  allowedgroups: ['signIn'],
  emaildomains: ['signIn'],
  groups: ['signIn'],
  org: ['organization', 'organizationIds'],
  hd: ['hostedDomain'],
  workspacedomain: ['hostedDomain'],
  server: ['authorizationServerId'],
  authserverid: ['authorizationServerId'],
  directory: ['tenantId'],
  slug: ['applicationSlug', 'oryProjectSlug'],
}

/** Names under which other products ask for the provider's address, whatever form it has there. */
const addressNames = new Set(
  (
    'issuer issuerurl issueruri domain customdomain host hostname tenant tenanturl tenantid tenantdomain url baseurl ' +
    'serverurl server endpoint authority authurl origin subdomain region environment environmentid instance account'
  ).split(' '),
)

const callbackNames = new Set([
  'redirecturi',
  'redirecturis',
  'redirecturl',
  'callbackurl',
  'callback',
  'callbacks',
])

/** What to say about an option that does not exist. `known` lists the existing ones, the provider's own first. */
export function unknownOption(name: string, known: readonly string[]): Refusal {
  const problem = 'is an unknown option'
  if (callbackNames.has(plain(name))) {
    return {
      problem,
      remedy: 'The callback is always /oauth/callback below the public URL: register it at the provider.',
    }
  }
  const guess = suggestedOption(name, known)
  if (guess !== undefined) return { problem, remedy: `Did you mean "${guess}"?` }
  return { problem, remedy: known.length === 0 ? undefined : `Known options: ${known.join(', ')}.` }
}

/** The known word that `name` was probably meant to be. */
export function suggestedOption(name: string, known: readonly string[]): string | undefined {
  const exact = known.find((each) => plain(each) === plain(name))
  if (exact !== undefined) return exact
  const other = otherNames[plain(name)]?.find((each) => known.includes(each))
  if (other !== undefined) return other
  const address = addressNames.has(plain(name)) ? known.find((each) => isAddress(each)) : undefined
  return address ?? nearest(name, known)
}

function isAddress(option: string): boolean {
  return /(?:domain|endpoint|url|host|subdomain|slug|issuer|tenantId|environmentId|teamName|projectId)$/i.test(
    option,
  )
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const written = plain(name)
  const limit = Math.max(1, Math.floor(written.length / 4))
  const [best] = known
    .map((each) => ({ each, distance: misspelling(written, plain(each)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((first, second) => first.distance - second.distance)
  return best?.each
}

/** Edits between two names; swapped letters and a name cut short count as one. */
function misspelling(written: string, known: string): number {
  const cutShort = written.length > 3 && known.startsWith(written)
  return cutShort || sorted(written) === sorted(known) ? 1 : editDistance(written, known)
}

function sorted(word: string): string {
  return Array.from(word).sort().join('')
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** Levenshtein distance, one row at a time. */
function editDistance(first: string, second: string): number {
  let row = Array.from({ length: second.length + 1 }, (_, index) => index)
  for (const [index, character] of Array.from(first).entries()) {
    const next = [index + 1]
    for (const [position, other] of Array.from(second).entries()) {
      next.push(
        Math.min(
          (next[position] ?? 0) + 1,
          (row[position + 1] ?? 0) + 1,
          (row[position] ?? 0) + (character === other ? 0 : 1),
        ),
      )
    }
    row = next
  }
  return row[second.length] ?? 0
}
