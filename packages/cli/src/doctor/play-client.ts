import { createHash, randomBytes } from 'node:crypto'

import { type Finding, ok, problem, warning } from './finding.ts'
import { answerInWords, codeOf, type RunningGateway } from './running-gateway.ts'

/** How a client becomes known. */
type Registration =
  | { readonly by: 'document'; readonly clientId: string; readonly redirectUris: unknown }
  | { readonly by: 'registration'; readonly metadata: Readonly<Record<string, unknown>> }

/** What a client in the field does until a user is needed. */
export interface PlayedClient {
  readonly name: string
  /** Where it returns to; the ports of loopback are examples. */
  readonly redirectUris: readonly string[]
  readonly prompt?: string
  /** The preferred way first. */
  readonly registrations: readonly Registration[]
}

/** Why one way did not lead to the sign-in, or nothing. */
type Outcome = string | undefined

/** Goes every way by which the client becomes known, up to the page where a user would sign in. */
export async function playClient(
  gateway: RunningGateway,
  route: string,
  client: PlayedClient,
): Promise<Finding> {
  const outcomes: (readonly [by: string, outcome: Outcome])[] = []
  for (const registration of client.registrations) {
    outcomes.push([registration.by, await tryWay(gateway, route, client, registration)])
  }
  const works = outcomes.filter(([, why]) => why === undefined).map(([by]) => by)
  const fails = outcomes.flatMap(([by, why]) => (why === undefined ? [] : [`by ${by}: ${why}`]))
  if (fails.length === 0)
    return ok('connects', `${client.name} reaches the sign-in, known by ${works.join(' and ')}.`)
  if (works.length > 0) {
    return warning(
      'connects',
      `${client.name} reaches the sign-in by ${works.join(' and ')}, but not ${fails.join('; ')}.`,
      'If it supports both, it prefers the metadata document: check that the gateway can fetch it (PORTICO_EGRESS_PROXY, firewall).',
    )
  }
  return problem(
    'connects',
    `${client.name} cannot connect, ${fails.join('; ')}.`,
    'Check the options "registration" and "rateLimits"; if registration is closed on purpose, add the client under "clients".',
  )
}

async function tryWay(
  gateway: RunningGateway,
  route: string,
  { prompt, redirectUris }: PlayedClient,
  registration: Registration,
): Promise<Outcome> {
  try {
    const server = await membersOf(gateway, `/.well-known/oauth-authorization-server${route}`)
    const resource = await membersOf(gateway, `/.well-known/oauth-protected-resource${route}`)
    const endpoint = server['authorization_endpoint']
    if (typeof endpoint !== 'string') return 'the metadata has no authorization_endpoint'
    const known =
      registration.by === 'document'
        ? documentOf(registration, server)
        : await register(gateway, server, registration)
    if (typeof known === 'string') return known
    try {
      const redirectUri = coveredUri(known.redirectUris, redirectUris)
      const url = authorizationUrl(endpoint, {
        ...known,
        redirectUri,
        prompt,
        resource: resource['resource'],
      })
      return await openAuthorization(gateway, url, redirectUri)
    } finally {
      await known.forget()
    }
  } catch (error) {
    return codeOf(error)
  }
}

interface Known {
  readonly clientId: string
  readonly redirectUris: readonly string[]
  readonly forget: () => Promise<void>
}

type Members = Readonly<Record<string, unknown>>

async function membersOf({ publicUrl, open }: RunningGateway, path: string): Promise<Members> {
  const response = await open(`${publicUrl}${path}`, { headers: { accept: 'application/json' } })
  if (response.status !== 200) throw new Error(`${publicUrl}${path} ${answerInWords(response)}`)
  return (await response.json()) as Members
}

function documentOf(
  { clientId, redirectUris }: Extract<Registration, { by: 'document' }>,
  server: Members,
): Known | string {
  if (server['client_id_metadata_document_supported'] !== true)
    return 'the gateway does not accept metadata documents'
  return { clientId, redirectUris: textsOf(redirectUris), forget: () => Promise.resolve() }
}

/** The registration is taken back where the gateway offers that (RFC 7592 §2.3); else it is dropped as unused. */
async function register(
  { open }: RunningGateway,
  server: Members,
  { metadata }: Extract<Registration, { by: 'registration' }>,
): Promise<Known | string> {
  const endpoint = server['registration_endpoint']
  if (typeof endpoint !== 'string') return 'the gateway does not register clients'
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const name = `${textOf(metadata['client_name']) ?? 'Client'} (portico doctor)`
  const body = JSON.stringify({ ...metadata, client_name: name })
  const response = await open(endpoint, { method: 'POST', headers, body })
  const members = (await response.json().catch(() => ({}))) as Members
  const { client_id: clientId, registration_client_uri: uri, registration_access_token: token } = members
  if (response.status !== 201 || typeof clientId !== 'string') {
    const { error, error_description: description } = members
    return `${endpoint} answers ${response.status}, ${JSON.stringify(error ?? '')}: ${textOf(description) ?? 'no reason given'}`
  }
  const forget = async () => {
    if (typeof uri !== 'string' || typeof token !== 'string') return
    await open(uri, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  }
  return { clientId, redirectUris: textsOf(metadata['redirect_uris']), forget }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** The place it really returns to: loopback, whatever the port (RFC 8252 §7.3). */
function coveredUri(registered: readonly string[], used: readonly string[]): string {
  const withoutPort = (uri: string) => uri.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1)):\d+/, '$1')
  const known = new Set(registered.map(withoutPort))
  return used.find((uri) => known.has(withoutPort(uri))) ?? registered[0] ?? ''
}

function authorizationUrl(
  endpoint: string,
  {
    clientId,
    redirectUri,
    prompt,
    resource,
  }: Pick<Known, 'clientId'> & { redirectUri: string; prompt: string | undefined; resource: unknown },
): string {
  const url = new URL(endpoint)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
    resource: typeof resource === 'string' ? resource : undefined,
    prompt,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url.href
}

/** On to the provider, or a page that lets the user choose one: everything else is a refusal. */
async function openAuthorization(
  { open }: RunningGateway,
  url: string,
  redirectUri: string,
): Promise<Outcome> {
  const response = await open(url, { headers: { accept: 'text/html' } })
  const page = await response.text()
  const location = response.headers.get('location') ?? ''
  if (location.startsWith(redirectUri)) {
    const { searchParams } = new URL(location)
    return `it is redirected back with ${JSON.stringify(searchParams.get('error'))}: ${searchParams.get('error_description') ?? ''}`
  }
  if (response.status < 400) return undefined
  const title = /<h1[^>]*>([^<]*)</.exec(page)?.[1]?.trim()
  return `the sign-in answers ${response.status}${title === undefined ? '' : ` with the page "${title}"`}`
}
