import { isUndisturbed, type SignedIn } from '../browser/session.ts'
import { recordDeviceConsent } from '../consent/remembered-consent.ts'
import type { Context } from '../context.ts'
import { newGrant } from '../grants/new-grant.ts'
import { holdProviderTokens } from '../login/provider-tokens.ts'
import { randomId } from '../random-id.ts'
import { type DeviceRecord, groups, records } from '../records.ts'
import { decideDevice } from './waiting-device.ts'

/**
 * Writes the grant that the device will redeem; until then it lives no longer than the codes.
 *
 * @returns `false` when the device was decided about, or expired, or access of the user was ended, meanwhile
 */
export async function approveDevice(
  context: Context,
  userCode: string,
  device: DeviceRecord,
  user: SignedIn,
): Promise<boolean> {
  const { subject } = user.account
  const grants = records(context.storage, 'grant')
  const grantId = randomId(context.randomToken)
  const grant = newGrant(context, grantId, {
    traceId: device.traceId,
    request: device,
    client: device.client,
    subject,
    provider: user.provider.id,
    session: user.sessionId,
    scopes: device.scopes,
  })
  await recordDeviceConsent(context, device, subject)
  await grants.set(grantId, grant, {
    group: groups.subjectGrants(subject),
    expiresAt: device.endsAt,
    when: 'absent',
  })
  const decided = (await isUndisturbed(context, user)) && (await decideDevice(context, userCode, { grantId }))
  if (decided) await holdProviderTokens(context, grant)
  else await grants.delete(grantId)
  return decided
}
