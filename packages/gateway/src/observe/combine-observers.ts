import type { Activity, Observer, OperationResult } from './observer.ts'

/** An observer whose every member is there. */
export type AnyObserver = Required<Observer>

/** Several observers as one that never throws; `undefined` for none, so that nothing is asked then. */
export function combineObservers(
  observers: Observer | readonly Observer[] | undefined,
): AnyObserver | undefined {
  const all = [observers ?? []].flat()
  if (all.length === 0) return undefined
  return {
    begin(operation) {
      const begun = all.flatMap((observer) => quietly(() => observer.begin?.(operation)) ?? [])
      return begun.length === 0 ? undefined : combineActivities(begun)
    },
    event: (event) => tellEach((observer) => observer.event?.(event)),
    streams: (route, change) => tellEach((observer) => observer.streams?.(route, change)),
  }

  function tellEach(tell: (observer: Observer) => void): void {
    for (const observer of all) quietly(() => tell(observer))
  }
}

function combineActivities(begun: readonly Activity[]): Activity {
  let isOver = false
  return {
    run: <Result>(work: () => Result): Result =>
      begun.reduceRight<() => Result>((inner, activity) => () => activity.run(inner), work)(),
    headers: () =>
      Object.fromEntries(
        begun.flatMap((activity) => Object.entries(quietly(() => activity.headers?.()) ?? {})),
      ),
    end(result: OperationResult) {
      // What ends in two ways, a cut stream for one, ends once.
      if (isOver) return
      isOver = true
      for (const activity of begun) quietly(() => activity.end(result))
    },
  }
}

/** An observer must not decide about a login or a call. */
function quietly<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
