import type { Storage } from '@portico/storage'

import type { AnyObserver } from './combine-observers.ts'
import type { StorageOperation } from './observer.ts'

/** The same storage, watched. */
export function observeStorage(storage: Storage, observer: AnyObserver): Storage {
  const watched = async <Result>(
    verb: StorageOperation['verb'],
    record: string | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    const activity = observer.begin({ kind: 'storage', verb, record })
    if (!activity) return work()
    try {
      const result = await activity.run(work)
      activity.end({})
      return result
    } catch (error) {
      activity.end({ error })
      throw error
    }
  }
  return {
    get: (key) => watched('get', key[0], () => storage.get(key)),
    set: (key, entry, when) => watched('set', key[0], () => storage.set(key, entry, when)),
    take: (key) => watched('take', key[0], () => storage.take(key)),
    delete: (key) => watched('delete', key[0], () => storage.delete(key)),
    list: (group) => watched('list', undefined, () => storage.list(group)),
    deleteGroup: (group) => watched('deleteGroup', undefined, () => storage.deleteGroup(group)),
  }
}
