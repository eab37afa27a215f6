import type { Context } from '../context.ts'
import { type ConsentRecord, type Found, type GrantRecord, groups, listRecords } from '../records.ts'
import { findGrants } from './list-grants.ts'

/** What a user allowed one client on one resource, in words. Holds no token. */
export interface GrantSummary {
  readonly id: string
  readonly client: {
    readonly id: string
    /** Its own choice, unless `configured`. */
    readonly name?: string | undefined
    /** Host that vouches for it: of its metadata document, or of the redirect URI the user approved (CIMD-18). */
    readonly host?: string | undefined
    /** Set up by the operator. */
    readonly configured: boolean
  }
  readonly resource: { readonly url: string; readonly name: string }
  readonly scopes: readonly { readonly name: string; readonly description: string }[]
  /** The client may renew its access on its own. */
  readonly offline: boolean
  /** Unix seconds, like all times. */
  readonly createdAt: number
  /** When it last got a token: the access token that it works with may have been used later. */
  readonly usedAt: number
  readonly expiresAt: number
}

/** Everything a user has granted and not withdrawn, the newest first (AS-82). */
export async function describeGrants(context: Context, subject: string): Promise<readonly GrantSummary[]> {
  const [grants, consents] = await Promise.all([
    findGrants(context, subject),
    listRecords(context.storage, 'consent', groups.subjectConsents(subject)),
  ])
  return Promise.all(
    grants.map((grant) =>
      describe(
        context,
        grant,
        consents.map(({ value }) => value),
      ),
    ),
  )
}

async function describe(
  { settings, storage }: Context,
  { value: grant, expiresAt }: Found<GrantRecord>,
  consents: readonly ConsentRecord[],
): Promise<GrantSummary> {
  const group = groups.grantTokens(grant.id)
  const [chains, tokens] = await Promise.all([
    listRecords(storage, 'refresh-token', group),
    listRecords(storage, 'access-token', group),
  ])
  const uses = [
    ...chains.map(({ value }) => value.rotatedAt ?? value.createdAt),
    ...tokens.map(({ value }) => value.issuedAt),
  ]
  const resource = settings.resources.get(grant.resource)
  const configured = settings.clients.has(grant.clientId)
  return {
    id: grant.id,
    client: {
      id: grant.clientId,
      name: grant.clientName,
      host: configured ? undefined : clientHost(grant, consents),
      configured,
    },
    resource: { url: grant.resource, name: resource?.name ?? grant.resource },
    scopes: grant.scope
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => ({ name, description: resource?.scopes.get(name) ?? name })),
    offline: chains.length > 0,
    createdAt: grant.createdAt,
    usedAt: Math.max(grant.usedAt ?? grant.createdAt, ...uses),
    expiresAt: Math.min(grant.expiresAt, expiresAt ?? grant.expiresAt),
  }
}

/** A name can be anybody's, a host cannot; nothing vouches for what returns to the user's own machine. */
function clientHost(grant: GrantRecord, consents: readonly ConsentRecord[]): string | undefined {
  if (isHttps(grant.clientId)) return new URL(grant.clientId).host
  const hosts = new Set(
    consents
      .filter(({ clientId, resource }) => clientId === grant.clientId && resource === grant.resource)
      .map(({ redirectUri }) => (isHttps(redirectUri) ? new URL(redirectUri).host : undefined)),
  )
  // Approved for several places: which of them this grant went to is not kept.
  return hosts.size === 1 ? [...hosts][0] : undefined
}

const isHttps = (uri: string): boolean => URL.canParse(uri) && new URL(uri).protocol === 'https:'
