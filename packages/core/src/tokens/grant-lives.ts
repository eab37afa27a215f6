import type { Storage } from '@portico/storage'

import { BoundedMap } from '../bounded-map.ts'
import { livingGrant } from '../grants/living-grant.ts'
import { mayEnter } from '../grants/may-enter.ts'
import { type AccessTokenRecord, type AccountRecord, records, withoutVersion } from '../records.ts'
import type { Settings } from '../settings.ts'

/** A grant as it was found when it was last looked at. */
export interface GrantLife {
  readonly checkedAt: number
  /** `undefined`: the grant is gone. */
  readonly state: Promise<GrantState | undefined>
  /** Id of the grant that it ends with (RFC 8693); `null`: none, `undefined`: not read yet. */
  restsOn: string | null | undefined
}

/** What a token says besides itself while its grant lives. */
interface GrantState {
  readonly account?: AccountRecord
  readonly traceId?: string
}

/** What a token names of its grant. */
type TokenOwner = Pick<AccessTokenRecord, 'grantId' | 'clientId' | 'subject'>

/** Whether the grants of access tokens live: looked up again every `accessToken.recheckSeconds`. */
export interface GrantLives {
  readonly lookAt: (token: TokenOwner) => GrantLife
  /** Has the grant looked up anew, and whatever rests on it. */
  readonly forget: (grantId: string) => void
  readonly forgetAll: () => void
}

interface GrantLivesOptions {
  readonly settings: Settings
  readonly storage: Storage
  /** Unix seconds. */
  readonly now: () => number
}

const maxGrants = 10_000

export function createGrantLives({ settings, storage, now }: GrantLivesOptions): GrantLives {
  const lives = new BoundedMap<string, GrantLife>(maxGrants)
  const haveParents = [...settings.clients.values()].some(({ exchanges }) => exchanges !== undefined)
  return {
    lookAt(token) {
      const { grantId } = token
      const known = lives.get(grantId)
      if (known && now() - known.checkedAt < settings.accessToken.recheckSeconds) return known
      const life: GrantLife = {
        checkedAt: now(),
        state: readState({ settings, storage }, token, (parent) => (life.restsOn = parent)),
        restsOn: undefined,
      }
      lives.set(grantId, life)
      // A failure of the storage is an answer to nobody who asks later.
      life.state.catch(() => {
        if (lives.get(grantId) === life) lives.delete(grantId)
      })
      return life
    },
    forget(grantId) {
      lives.delete(grantId)
      if (!haveParents) return
      for (const [id, { restsOn }] of lives) {
        if (restsOn === grantId || restsOn === undefined) lives.delete(id)
      }
    },
    forgetAll: () => lives.clear(),
  }
}

async function readState(
  { settings, storage }: Pick<GrantLivesOptions, 'settings' | 'storage'>,
  { grantId, clientId, subject }: TokenOwner,
  noteParent: (grantId: string | null) => void,
): Promise<GrantState | undefined> {
  const [grant, account] = await Promise.all([
    livingGrant(storage, grantId, clientId),
    records(storage, 'account').get(subject),
  ])
  noteParent(grant?.value.parent?.id ?? null)
  if (!grant || !mayEnter(settings, grant.value)) return undefined
  const { traceId } = grant.value
  const attempt = traceId === undefined ? {} : { traceId }
  return account ? { ...attempt, account: withoutVersion(account.value) } : attempt
}
