import type { Context } from '../context.ts'
import { records } from '../records.ts'

/** Longer than any request is under way. */
const ttlSeconds = 3600

/**
 * Notes that access of a user ends now. Before it is ended: of an approval that is written at the same moment, either its
 * grant is seen by who ends access, or this is seen by who approves, who takes it back (AS-82).
 */
export async function noteAccessEnd(
  { storage, now, randomToken }: Pick<Context, 'storage' | 'now' | 'randomToken'>,
  subject: string,
): Promise<void> {
  await records(storage, 'access-end').set(subject, { id: randomToken() }, { expiresAt: now() + ttlSeconds })
}

/** Another one than before: access of the user has ended meanwhile. */
export async function lastAccessEnd(
  { storage }: Pick<Context, 'storage'>,
  subject: string,
): Promise<string | undefined> {
  const found = await records(storage, 'access-end').get(subject)
  return found?.value.id
}
