import { StorageUnavailableError } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { expect } from 'vitest'

const canary = 'canary-of-a-sealed-token'

/** What a storage does that cannot be reached: every verb says so, and none answers. */
export const failureChecks: readonly { title: string; run: (storage: Storage) => Promise<void> }[] = (
  [
    ['get', (storage) => storage.get(['check', canary])],
    ['set', (storage) => storage.set(['check', canary], { value: canary, group: canary })],
    ['set with "absent"', (storage) => storage.set(['check', canary], { value: canary }, 'absent')],
    ['set with a version', (storage) => storage.set(['check', canary], { value: canary }, { version: 1 })],
    ['take', (storage) => storage.take(['check', canary])],
    ['delete', (storage) => storage.delete(['check', canary])],
    ['list', (storage) => storage.list(canary)],
    ['deleteGroup', (storage) => storage.deleteGroup(canary)],
  ] satisfies [string, (storage: Storage) => Promise<unknown>][]
).map(([verb, call]) => ({
  title: `rejects with StorageUnavailableError, naming the cause and no data: ${verb}`,
  async run(storage) {
    const error: unknown = await call(storage).then(
      (answer) => expect.fail(`answered ${JSON.stringify(answer)}`),
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(StorageUnavailableError)
    expect(error).toMatchObject({ code: 'storage_unavailable', cause: expect.anything() as unknown })
    expect((error as Error).message).not.toContain(canary)
  },
}))
