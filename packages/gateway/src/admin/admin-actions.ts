import { ownerOf } from '@portico/connections'
import type { AccessSelection, RevokedAccess } from '@portico/core'

import { type AdminContext, recordAction } from './admin-context.ts'

/**
 * Ends the access of a user, of a client, of both together, or of everybody up to a time.
 *
 * @throws {TypeError} when nothing is selected, or `before` lies in the future
 */
export async function revokeAccess(
  context: AdminContext,
  { subject, clientId, before }: AccessSelection,
): Promise<RevokedAccess> {
  const revoked = await context.server.revokeAccess({ subject, clientId, before })
  recordAction(context, 'revoke_access', { subject, clientId, ...(before !== undefined && { before }) })
  return revoked
}

/** Ends what one user allowed one client. @returns `false`, and nothing ends, where there is no such grant */
export async function revokeGrant(context: AdminContext, subject: string, grantId: string): Promise<boolean> {
  const existed = await context.server.withdrawGrant(subject, grantId, 'operator')
  if (existed) recordAction(context, 'revoke_grant', { subject, grantId })
  return existed
}

/**
 * Ends an account at an upstream, and revokes its tokens there (AS-83): a user's own, or without a subject the one that
 * everybody uses, until an administrator connects it again.
 *
 * @returns whether the upstream confirmed it; `undefined`, and nothing ends, where there is no such account
 */
export async function disconnect(
  context: AdminContext,
  upstreamId: string,
  subject?: string,
): Promise<{ readonly revoked: boolean } | undefined> {
  const upstream = context.connections?.upstreams.get(upstreamId)
  if (!upstream || (upstream.authMode === 'shared-oauth') !== (subject === undefined)) return undefined
  const done = await context.connections?.disconnect(
    upstreamId,
    ownerOf(upstream, subject ?? ''),
    context.requestId,
  )
  if (done?.existed !== true) return undefined
  recordAction(context, 'disconnect', { subject, upstream: upstreamId })
  return { revoked: done.revoked }
}
