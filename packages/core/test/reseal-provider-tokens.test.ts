import { memoryStorage, type Storage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { saveProviderTokens } from '../src/login/provider-tokens.ts'
import { keepProviderToken, recheckSeal } from '../src/login/recheck-user.ts'
import { type AccountRecord, records } from '../src/records.ts'
import { idleProvider, testServer } from './test-server.ts'

const [old, fresh] = [
  'Y2FuYXJ5LW9mLXRoZS1vbGQta2V5LTMyLWJ5dGVzLi4',
  'Y2FuYXJ5LW9mLXRoZS1uZXcta2V5LTMyLWJ5dGVzLi4',
]
const users = Array.from({ length: 20 }, (_, index) => `user-${index}`)

/** A server with these keys, that keeps tokens for a resource. */
function node(storage: Storage, ...keys: readonly string[]) {
  return testServer({ storage, keys, providerTokens: ['/mcp/demo'] })
}

type Node = ReturnType<typeof node>

/** As sign-ins do, and where users are asked about again in place of that: two records for each of the users. */
async function signIn(storage: Storage, key: string): Promise<void> {
  const rechecking = testServer({ storage, keys: [key], recheckUsersSeconds: 86_400 })
  for (const subject of users) {
    const account: AccountRecord = {
      subject,
      provider: idleProvider.id,
      issuer: idleProvider.issuer,
      providerSubject: subject,
      updatedAt: 0,
    }
    const tokens = {
      idToken: undefined,
      accessToken: `access-of-${subject}`,
      refreshToken: `refresh-of-${subject}`,
      body: { expires_in: 3600 },
    }
    await saveProviderTokens(node(storage, key).context, idleProvider, account, tokens)
    await keepProviderToken(rechecking.context, idleProvider, account, tokens)
  }
}

async function expectAllToOpen({ context, providerToken }: Node): Promise<void> {
  for (const subject of users) {
    expect(await providerToken(subject, 'access_token')).toBe(`access-of-${subject}`)
    const kept = await records(context.storage, 'provider-token').get(subject)
    const opened = context.vault.open(kept?.value.sealed ?? '', recheckSeal(subject, 'idle'))
    expect(await opened).toBe(`refresh-of-${subject}`)
  }
}

const memory = () => memoryStorage({ now: () => 1_800_000_000 })

describe('the tokens of identity providers', () => {
  it('SEC-20 are sealed anew under the newest key, so that the old one can go', async () => {
    const storage = memory()
    await signIn(storage, old)
    const progress: number[] = []
    const rotating = node(storage, fresh, old)
    const outcome = await rotating.resealProviderTokens(({ done }) => progress.push(done))
    expect(outcome).toEqual({ done: 40, failed: 0, total: 40 })
    expect(progress.length).toBeGreaterThan(1)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    await expectAllToOpen(node(storage, fresh))
    expect(await rotating.resealProviderTokens()).toEqual({ done: 0, failed: 0, total: 0 })
  })

  it('SEC-20 stay as they are where their key is missing, and are counted', async () => {
    const storage = memory()
    await signIn(storage, old)
    expect(await node(storage, fresh).resealProviderTokens()).toEqual({ done: 40, failed: 40, total: 40 })
    await expectAllToOpen(node(storage, fresh, old))
  })

  it('are gone through from where a rotation was interrupted', async () => {
    const kept = memory()
    await signIn(kept, old)
    let writesLeft = 0
    const failing: Storage = {
      ...kept,
      set: async (...parameters) => {
        if (writesLeft-- <= 0) throw new StorageUnavailableError('gone')
        return kept.set(...parameters)
      },
    }
    const outcomes: unknown[] = []
    do {
      writesLeft = 15
      outcomes.push(
        await node(failing, fresh, old)
          .resealProviderTokens()
          .catch((error: unknown) => error),
      )
    } while (outcomes.at(-1) instanceof StorageUnavailableError)
    expect(outcomes).toHaveLength(3)
    expect(outcomes.at(-1)).toMatchObject({ done: 10, failed: 0 })
    await expectAllToOpen(node(kept, fresh))
  })

  it('wait for a renewal that is under way, and never undo it', async () => {
    const storage = memory()
    await signIn(storage, old)
    const serving = node(storage, old)
    const kept = records(storage, 'provider-tokens')
    const found = await kept.get('user-3')
    if (!found) throw new Error('the tokens of user-3 are not kept')
    await kept.replace(found, { ...found.value, renewingSince: serving.clock.seconds })

    const marked = await kept.get('user-3')
    if (!marked) throw new Error('the tokens of user-3 are not kept')

    // It looks at them, and once more a moment later.
    const seenTwice = Promise.withResolvers<void>()
    let seen = 0
    const watched: Storage = {
      ...storage,
      get(key) {
        if (key[0] === 'provider-tokens' && key[1] === 'user-3' && ++seen === 2) seenTwice.resolve()
        return storage.get(key)
      },
    }
    const resealed = node(watched, fresh, old).resealProviderTokens()
    await Promise.race([seenTwice.promise, resealed])
    // The node that renews saves over what it has marked, and over nothing else.
    await expect(kept.replace(marked, found.value)).resolves.toBe(true)
    expect(await resealed).toEqual({ done: 40, failed: 0, total: 40 })
    await expectAllToOpen(node(storage, fresh))
  })
})
