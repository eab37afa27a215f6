import type { Context } from '../context.ts'
import { type DeviceRecord, type Found, recordByStoredId, records, storedId } from '../records.ts'
import { newUserCode } from './user-code.ts'

/** How long a user has to type the code. */
export const deviceTtlSeconds = 600
/** How far apart polls must be at first (RFC 8628 §3.2). */
export const pollIntervalSeconds = 5
/** How much longer a device is told that its code has expired. */
const expiredTtlSeconds = 600
/** Codes are many; that several are taken in a row does not happen. */
const maxAttempts = 8

export interface BegunDevice {
  readonly deviceCode: string
  readonly userCode: string
}

/** Remembers a device under two new codes. */
export async function beginDevice(
  { storage, randomToken, now }: Context,
  request: Omit<DeviceRecord, 'userCode' | 'createdAt' | 'endsAt' | 'intervalSeconds'>,
): Promise<BegunDevice> {
  const deviceCode = randomToken()
  const devices = records(storage, 'device')
  const createdAt = now()
  const endsAt = createdAt + deviceTtlSeconds
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const userCode = newUserCode(randomToken)
    const reserved = await records(storage, 'user-code').set(
      userCode,
      { device: storedId('device', deviceCode) },
      { expiresAt: endsAt, when: 'absent' },
    )
    if (!reserved) continue
    const device: DeviceRecord = {
      ...request,
      userCode: storedId('user-code', userCode),
      createdAt,
      endsAt,
      intervalSeconds: pollIntervalSeconds,
    }
    await devices.set(deviceCode, device, { expiresAt: endsAt + expiredTtlSeconds, when: 'absent' })
    return { deviceCode, userCode }
  }
  throw new Error('Every user code that was drawn is in use.')
}

/** The device that waits with this code, unless it has expired or its user has decided. */
export async function waitingDevice(
  { storage, now }: Pick<Context, 'storage' | 'now'>,
  userCode: string,
): Promise<Found<DeviceRecord> | undefined> {
  const reserved = await records(storage, 'user-code').get(userCode)
  const found = reserved && (await recordByStoredId(storage, 'device', reserved.value.device))
  return found && found.value.decision === undefined && now() < found.value.endsAt ? found : undefined
}

/**
 * Writes the decision, once.
 *
 * @param decision without a grant: denied
 * @returns `false` when it was decided, or expired, meanwhile
 */
export async function decideDevice(
  context: Context,
  userCode: string,
  decision: NonNullable<DeviceRecord['decision']>,
): Promise<boolean> {
  const devices = records(context.storage, 'device')
  let found = await waitingDevice(context, userCode)
  // A poll of the device may come in between.
  while (found && !(await devices.replace(found, { ...found.value, decision }))) {
    found = await waitingDevice(context, userCode)
  }
  if (found) await records(context.storage, 'user-code').delete(userCode)
  return found !== undefined
}
