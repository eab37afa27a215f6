/** What the queue orders. `place` belongs to the queue: where the item is in it, −1 when it is not. */
export interface Expiring {
  /** Never, if absent. */
  readonly expiresAt: number | undefined
  place: number
}

const dueAt = ({ expiresAt = Infinity }: Expiring): number => expiresAt

/** A binary heap whose items know their place, so that a replaced record leaves it at once and nothing stale piles up. */
export class ExpiryQueue<Item extends Expiring> {
  readonly #heap: Item[] = []

  add(item: Item): void {
    this.#rise(item, this.#heap.length)
  }

  remove(item: Item): void {
    const { place } = item
    if (place < 0) return
    item.place = -1
    const last = this.#heap.pop()
    if (last === undefined || last === item) return
    this.#rise(last, place)
    this.#sink(last, last.place)
  }

  /** The item that expires first. */
  first(): Item | undefined {
    return this.#heap[0]
  }

  #rise(item: Item, from: number): void {
    const heap = this.#heap
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || dueAt(parent) <= dueAt(item)) break
      this.#put(parent, place)
      place = above
    }
    this.#put(item, place)
  }

  #sink(item: Item, from: number): void {
    const heap = this.#heap
    let place = from
    for (;;) {
      const left = heap[2 * place + 1]
      const right = heap[2 * place + 2]
      const child = right !== undefined && left !== undefined && dueAt(right) < dueAt(left) ? right : left
      if (child === undefined || dueAt(child) >= dueAt(item)) break
      const below = child.place
      this.#put(child, place)
      place = below
    }
    this.#put(item, place)
  }

  #put(item: Item, place: number): void {
    this.#heap[place] = item
    item.place = place
  }
}
