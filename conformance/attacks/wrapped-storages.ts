import { type Key, type Storage, StorageUnavailableError } from '@portico/storage'

/** Cannot be reached while `isAway` says so. */
export function failing(storage: Storage, isAway: (() => boolean) | undefined): Storage {
  if (isAway === undefined) return storage
  const guard = <Arguments extends readonly unknown[], Result>(
    verb: (...given: Arguments) => Promise<Result>,
  ) => {
    return (...given: Arguments): Promise<Result> =>
      isAway() ? Promise.reject(new StorageUnavailableError('away')) : verb(...given)
  }
  return {
    get: guard((key) => storage.get(key)),
    set: guard((key, entry, when) => storage.set(key, entry, when)),
    take: guard((key) => storage.take(key)),
    delete: guard((key) => storage.delete(key)),
    list: guard((group) => storage.list(group)),
    deleteGroup: guard((group) => storage.deleteGroup(group)),
  } satisfies Storage
}

/** Remembers which records were written, by their kind: an attacker who has the database sees no more. */
export function recordingStorage() {
  const written: Key[] = []
  return {
    keysOf: (kind: string): readonly Key[] => {
      const ids = written.filter((key) => key[0] === kind).map(([, id]) => id)
      return [...new Set(ids)].map((id) => [kind, id])
    },
    wrapStorage: (storage: Storage): Storage => ({
      get: (key) => storage.get(key),
      set(key, entry, when) {
        written.push(key)
        return storage.set(key, entry, when)
      },
      take: (key) => storage.take(key),
      delete: (key) => storage.delete(key),
      list: (group) => storage.list(group),
      deleteGroup: (group) => storage.deleteGroup(group),
    }),
  }
}

/** Lets nobody read a record of one kind before `count` want to: what they do then, they do at the same moment. */
export function gatheringStorage(kind: string, count: number) {
  const gathered = Promise.withResolvers<void>()
  let waiting = 0
  return {
    wrapStorage: (storage: Storage): Storage => ({
      async get(key) {
        if (key[0] !== kind) return storage.get(key)
        const found = await storage.get(key)
        waiting += 1
        if (waiting === count) gathered.resolve()
        await gathered.promise
        return found
      },
      set: (key, entry, when) => storage.set(key, entry, when),
      take: (key) => storage.take(key),
      delete: (key) => storage.delete(key),
      list: (group) => storage.list(group),
      deleteGroup: (group) => storage.deleteGroup(group),
    }),
  }
}
