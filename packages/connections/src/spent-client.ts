import { ResponseBodyError, WWWAuthenticateChallengeError } from 'oauth4webapi'
import { z } from 'zod'

import type { UpstreamClient } from './client-record.ts'
import type { ConnectionContext } from './connection-context.ts'
import { records, type UpstreamClientRecord } from './connection-records.ts'

/** Longer than a user takes from the click to the callback: the secret has to hold until then. */
const marginSeconds = 600

/** Whether a registration is of no use any more, so that the next user who connects needs another one (RFC 7591 §3.2.1). */
export function isSpent(
  { refusedAt, secretExpiresAt = Infinity }: UpstreamClientRecord,
  { now }: Pick<ConnectionContext, 'now'>,
): boolean {
  return refusedAt !== undefined || now() >= secretExpiresAt - marginSeconds
}

const refusal = z.object({ error: z.string() })

/**
 * Whether the authorization server has answered that it does not know its client, or not by this secret: `invalid_client`,
 * or status 401 without another error, which it has for nothing else (RFC 6749 §5.2). Some say it of a grant as well: whoever
 * comes with a bad code must not cost all users the client that their tokens are bound to.
 */
async function isClientRefused(error: unknown): Promise<boolean> {
  if (error instanceof ResponseBodyError) return error.error === 'invalid_client'
  if (!(error instanceof WWWAuthenticateChallengeError) || error.status !== 401) return false
  try {
    return refusal.parse(await error.response.json()).error === 'invalid_client'
  } catch {
    return true
  }
}

/**
 * Notes that a client which we have registered was refused. What the operator has registered is theirs to mend, and a
 * document of ours may not have been within reach.
 *
 * @returns whether `error` said so
 */
export async function noteRefusedClient(
  { storage, now }: Pick<ConnectionContext, 'storage' | 'now'>,
  { recordId, clientId, source }: UpstreamClient,
  error: unknown,
): Promise<boolean> {
  if (source !== 'registered' || !(await isClientRefused(error))) return false
  const clients = records(storage, 'upstream-client')
  const found = await clients.get(recordId)
  // Another one may have been registered meanwhile.
  if (found?.value.clientId === clientId && found.value.refusedAt === undefined) {
    await clients.set(recordId, { ...found.value, refusedAt: now() }, { when: { version: found.version } })
  }
  return true
}
