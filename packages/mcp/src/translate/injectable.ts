/** An iterator that yields what its source yields, and in between what is pushed. */
export interface Injectable<Item> {
  readonly items: AsyncIterator<Item>
  readonly push: (item: Item) => void
}

/** Reads the source only on demand: a consumer that does not read makes it wait. */
export function injectable<Item>(source: AsyncIterator<Item>): Injectable<Item> {
  const pushed: Item[] = []
  let wake = Promise.withResolvers<void>()
  let reading: Promise<IteratorResult<Item>> | undefined
  return {
    push(item) {
      pushed.push(item)
      wake.resolve()
    },
    items: {
      async next() {
        for (;;) {
          const item = pushed.shift()
          if (item !== undefined) return { done: false, value: item }
          reading ??= source.next()
          wake = Promise.withResolvers<void>()
          const next = await Promise.race([reading, wake.promise])
          if (next === undefined) continue
          reading = undefined
          return next
        }
      },
    },
  }
}
