import type { ConnectionContext } from './connection-context.ts'
import { connectionGroup, connectionId, records } from './connection-records.ts'
import { apiKeyClient, heldSince, originOf } from './same-upstream.ts'
import { noteSealed } from './sealed-records.ts'
import { tokenSeal } from './token-fields.ts'
import type { ApiKeyUpstream } from './upstream-options.ts'

const maximumLength = 4096

/** The key cannot be sent in a header. The message is for the user; the key is not in it. */
export class ApiKeyError extends Error {
  override readonly name = 'ApiKeyError'
  readonly code = 'api_key_invalid'
}

/**
 * Keeps a key that the user has entered on the connect page, sealed like every other token.
 *
 * @throws {ApiKeyError} for a text that no header can carry
 */
export async function saveApiKey(
  context: ConnectionContext,
  upstream: ApiKeyUpstream,
  owner: string,
  key: string,
  requestId?: string,
): Promise<void> {
  const text = key.trim()
  if (text === '' || text.length > maximumLength || !/^[\x21-\x7e]+$/.test(text)) {
    throw new ApiKeyError(
      `This is no API key of ${upstream.displayName}: it must be 1 to ${maximumLength} visible ASCII characters without spaces. Copy it again.`,
    )
  }
  const now = context.now()
  const tokens = await context.sealer.seal(
    JSON.stringify({ accessToken: text }),
    tokenSeal(upstream.id, owner),
  )
  const origin = originOf(upstream)
  const id = connectionId(upstream.id, owner)
  const connections = records(context.storage, 'connection')
  const previous = await connections.get(id)
  await noteSealed(context, { kind: 'connection', id }, tokens)
  await connections.set(
    id,
    {
      upstream: upstream.id,
      owner,
      origin,
      issuer: origin,
      tokenEndpoint: origin,
      client: apiKeyClient,
      scope: '',
      tokens,
      status: 'connected',
      connectedAt: now,
      heldSince: heldSince(previous?.value, origin, now),
    },
    { group: connectionGroup(owner) },
  )
  context.emit({
    name: 'connection.established',
    outcome: 'success',
    upstream: upstream.id,
    subject: owner,
    requestId,
  })
}
