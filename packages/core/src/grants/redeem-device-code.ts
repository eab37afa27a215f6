import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord, DeviceRecord, Found } from '../records.ts'
import { groups, records } from '../records.ts'
import { requireKeyFor } from '../tokens/require-key.ts'
import { firstRefreshToken } from './first-refresh-token.ts'
import { deviceCodeGrant } from './grant-names.ts'
import { isRefreshable } from './is-refreshable.ts'
import { livingGrant } from './living-grant.ts'
import { requireGrantedResource } from './requested-resource.ts'
import type { TokenAnswer } from './token-answer.ts'

/** How much slower a device must be after it was too fast (RFC 8628 §3.5). */
const slowDownSeconds = 5
/** Clocks of whole seconds: a poll that is on time may look this much too early. */
const toleranceSeconds = 1

/** The device code grant (RFC 8628 §3.4): tells a device to wait, or gives it what its user allowed, once. */
export async function redeemDeviceCode(
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  dpopKey?: string,
): Promise<TokenAnswer> {
  const presented = form.get('device_code')
  if (presented === undefined) throw new OAuthError('invalid_request', 'device_code is missing.')
  const devices = records(context.storage, 'device')
  const found = presented.length <= 512 ? await devices.get(presented) : undefined
  if (!found || found.value.client.clientId !== client.clientId) {
    throw new OAuthError(
      'invalid_grant',
      'The device code is unknown, was used, or belongs to another client.',
    )
  }
  const device = found.value
  if (context.now() >= device.endsAt) {
    throw new OAuthError('expired_token', 'The device code has expired: ask for a new one.')
  }
  const { decision } = device
  if (!decision) return waitLonger(context, found)
  if (decision.grantId === undefined) {
    await devices.delete(presented)
    throw new OAuthError('access_denied', 'The user did not allow access.')
  }
  const resource = requireGrantedResource(context, form, device.resource)
  requireKeyFor(resource, dpopKey)
  const grant = await livingGrant(context.storage, decision.grantId, client.clientId)
  // Of parallel polls, on however many nodes, exactly one passes here.
  if (!grant || !(await devices.take(presented))) {
    throw new OAuthError('invalid_grant', 'The grant was revoked, or the device code was used.')
  }

  const usedAt = context.now()
  const scope = device.scopes.join(' ')
  // As its user was told, whatever the client has registered since.
  const refreshable = isRefreshable(device.client, device)
  const access = await context.accessTokens.issue(grant.value, scope, dpopKey)
  const refreshToken = refreshable
    ? await firstRefreshToken(context, grant.value, client.authMethod === 'none' ? dpopKey : undefined)
    : undefined
  const kept = await records(context.storage, 'grant').replace(
    grant,
    { ...grant.value, usedAt },
    refreshable ? grant.value.expiresAt : usedAt + access.expiresIn,
  )
  if (!kept) {
    await context.storage.deleteGroup(groups.grantTokens(grant.value.id))
    throw new OAuthError('invalid_grant', 'The grant was revoked.')
  }
  context.emit({
    name: 'token.issued',
    outcome: 'success',
    traceId: device.traceId,
    subject: grant.value.subject,
    clientId: client.clientId,
    resource: resource.url,
    detail: { grantId: grant.value.id, grantType: deviceCodeGrant, scope },
  })
  return { access, scope, refreshToken }
}

/** RFC 8628 §3.5: `authorization_pending`, or `slow_down` for a device that asks too often. */
async function waitLonger({ storage, now }: Context, found: Found<DeviceRecord>): Promise<never> {
  const device = found.value
  const tooFast =
    device.polledAt !== undefined && now() - device.polledAt < device.intervalSeconds - toleranceSeconds
  const intervalSeconds = device.intervalSeconds + (tooFast ? slowDownSeconds : 0)
  // Lost against a decision or another poll: the next one sees it.
  await records(storage, 'device').replace(found, { ...device, polledAt: now(), intervalSeconds })
  throw tooFast
    ? new OAuthError('slow_down', `Poll at most every ${intervalSeconds} seconds.`)
    : new OAuthError('authorization_pending', 'The user has not decided yet.')
}
