/** What the queue orders. `minute` and `place` belong to it: where the item is, −1 when it is not. */
export interface Expiring {
  /** Unix seconds; never, if absent. */
  readonly expiresAt: number | undefined
  minute: number
  place: number
}

/**
 * Items by the minute in which they are to be looked at. Whatever is written again expires later, nearly always: it stays
 * where it is until that minute is over and moves on then, so that a record in use costs nothing here.
 */
export class ExpiryQueue<Item extends Expiring> {
  readonly #items = new Map<number, Item[]>()
  /** The keys of `#items` in order. One whose items have all gone leaves when it is over. */
  readonly #minutes: number[] = []

  /** Puts in, or moves, an item whose `expiresAt` is new. */
  place(item: Item): void {
    const { expiresAt } = item
    if (expiresAt === undefined) return this.remove(item)
    const minute = Math.ceil(expiresAt / 60)
    if (item.minute !== -1 && item.minute <= minute) return
    this.remove(item)
    this.#add(item, minute)
  }

  /** An item of a minute that is over at `time`: it has expired by then, or is to be postponed. */
  first(time: number): Item | undefined {
    for (;;) {
      const [minute] = this.#minutes
      if (minute === undefined || minute * 60 > time) return undefined
      const item = this.#items.get(minute)?.at(-1)
      if (item !== undefined) return item
      this.#items.delete(minute)
      this.#minutes.shift()
    }
  }

  /** Moves an item to the minute in which it expires now. */
  postpone(item: Item): void {
    this.remove(item)
    this.place(item)
  }

  remove(item: Item): void {
    const { minute, place } = item
    item.minute = -1
    const items = this.#items.get(minute)
    const last = items?.pop()
    if (items === undefined || last === undefined || last === item) return
    items[place] = last
    last.place = place
  }

  #add(item: Item, minute: number): void {
    let items = this.#items.get(minute)
    if (items === undefined) {
      items = []
      this.#items.set(minute, items)
      const before = this.#minutes.findLastIndex((earlier) => earlier < minute)
      this.#minutes.splice(before + 1, 0, minute)
    }
    item.minute = minute
    item.place = items.length
    items.push(item)
  }
}
