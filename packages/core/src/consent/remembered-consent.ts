import { classifyRedirectUri } from '../clients/redirect-uri.ts'
import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { cutOffUntil } from '../grants/cutoffs.ts'
import { deviceCodeGrant } from '../grants/grant-names.ts'
import { isRefreshable } from '../grants/is-refreshable.ts'
import {
  type ClientRecord,
  type ConsentRecord,
  type DeviceRecord,
  groups,
  listRecords,
  records,
  type TransactionRecord,
} from '../records.ts'
import type { Settings } from '../settings.ts'

/**
 * AS-43: only for clients whose identity something proves, an https redirect URI or a credential. Anything on this machine
 * can pose as the others, so they are asked for every time.
 */
export function mayRemember(
  { rememberConsentSeconds, registration }: Settings,
  { client, request }: Pick<TransactionRecord, 'client' | 'request'>,
): boolean {
  if (rememberConsentSeconds <= 0) return false
  const kind = classifyRedirectUri(request.redirectUri, registration.privateUseSchemes)
  return kind === 'https' || client.authMethod !== 'none'
}

/** Whether the user has approved exactly this before, wants no question, and the browser was not led here (AS-44). */
export async function isRemembered(
  { settings, storage, now }: Context,
  transaction: TransactionRecord,
  subject: string,
): Promise<boolean> {
  const { request, client, crossSite } = transaction
  if (crossSite || request.prompt.includes('consent') || !mayRemember(settings, transaction)) return false
  const found = await records(storage, 'consent').get(consentId(subject, transaction))
  if (!found) return false
  const { rememberedUntil = 0, createdAt, scopes, client: approvedClient } = found.value
  // Every page for a client with refresh tokens has always said so.
  const { offline = client.grantTypes.includes('refresh_token') } = found.value
  return (
    rememberedUntil > now() &&
    createdAt > (await cutOffUntil(storage, request.clientId)) &&
    approvedClient === clientDigest(client) &&
    (offline || !isRefreshable(client, request)) &&
    request.scopes.every((scope) => scopes.includes(scope))
  )
}

/** Enters the approval in the register (SEC-01). */
export async function recordConsent(
  { settings, storage, now }: Context,
  transaction: TransactionRecord,
  subject: string,
  remember: boolean,
): Promise<void> {
  const { request, client } = transaction
  const remembered = remember && mayRemember(settings, transaction)
  const consent: ConsentRecord = {
    subject,
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    resource: request.resource,
    scopes: request.scopes,
    client: clientDigest(client),
    createdAt: now(),
    offline: isRefreshable(client, request),
    ...(remembered && { rememberedUntil: now() + settings.rememberConsentSeconds }),
  }
  await records(storage, 'consent').set(consentId(subject, transaction), consent, {
    group: groups.subjectConsents(subject),
    expiresAt: now() + Math.max(settings.refreshToken.absoluteTtlSeconds, settings.rememberConsentSeconds),
  })
}

/** The same for a device, to which no browser returns: its register entry names the way it was asked for (SEC-01). */
export async function recordDeviceConsent(
  { settings, storage, now }: Context,
  { client, resource, scopes }: Pick<DeviceRecord, 'client' | 'resource' | 'scopes'>,
  subject: string,
): Promise<void> {
  const consent: ConsentRecord = {
    subject,
    clientId: client.clientId,
    redirectUri: deviceCodeGrant,
    resource,
    scopes,
    client: clientDigest(client),
    createdAt: now(),
  }
  const id = sha256Text(JSON.stringify([subject, client.clientId, deviceCodeGrant, resource]))
  await records(storage, 'consent').set(id, consent, {
    group: groups.subjectConsents(subject),
    expiresAt: now() + settings.refreshToken.absoluteTtlSeconds,
  })
}

/** After signing out, every client asks again (E12); after a withdrawal, the one whose access ended. */
export async function forgetRememberedConsents(
  { storage }: Pick<Context, 'storage'>,
  subject: string,
  only?: { readonly clientId: string; readonly resource?: string },
): Promise<void> {
  const consents = records(storage, 'consent')
  for (const { key, value, version, expiresAt } of await listRecords(
    storage,
    'consent',
    groups.subjectConsents(subject),
  )) {
    if (value.rememberedUntil === undefined) continue
    if (only && value.clientId !== only.clientId) continue
    if (only?.resource !== undefined && value.resource !== only.resource) continue
    const { rememberedUntil: _forgotten, ...kept } = value
    await consents.set(key[1], kept, {
      group: groups.subjectConsents(subject),
      expiresAt,
      when: { version },
    })
  }
}

/** One entry per user, client, place to return to and resource; ports of loopback URIs change with every start. */
function consentId(subject: string, { request }: Pick<TransactionRecord, 'request'>): string {
  const redirectUri = request.redirectUri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d+/, '$1')
  return sha256Text(JSON.stringify([subject, request.clientId, redirectUri, request.resource]))
}

/** CIMD-21: what the user looked at, and what proves the client. */
function clientDigest({ name, redirectUris, authMethod, jwks, jwksUri }: ClientRecord): string {
  return sha256Text(
    JSON.stringify([name ?? null, redirectUris.toSorted(), authMethod, jwks ?? null, jwksUri ?? null]),
  )
}
