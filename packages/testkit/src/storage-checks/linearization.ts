/** A call on one record. A `set` with `seen` names the version the caller has read last. */
export interface Call {
  readonly verb: 'get' | 'set' | 'take' | 'delete' | 'list' | 'deleteGroup'
  readonly when?: 'absent' | 'seen'
}

/** What came of a call. Values are never written twice, so a value stands for the version that holds it. */
export interface Result {
  /** What a reading call found. */
  readonly holds?: number | undefined
  /** Whether a `set` wrote, what it wrote, and which value it had expected. */
  readonly written?: boolean
  readonly wrote?: number
  readonly expected?: number
}

/** A call with its result and the moments between which it took effect. */
export interface Event {
  readonly call: Call
  readonly result: Result
  readonly startedAt: number
  readonly endedAt: number
}

type State = number | undefined

/**
 * An order of all events that explains their results, if there is one: each takes effect at one moment between its
 * start and its end (Herlihy and Wing, 1990). Searches depth first and remembers where it has been.
 */
export function linearization(histories: readonly (readonly Event[])[]): Event[] | undefined {
  const hopeless = new Set<string>()

  function search(places: readonly number[], state: State): Event[] | undefined {
    const heads = histories.map((history, index) => history[places[index] ?? 0])
    const pending = heads.filter((event) => event !== undefined)
    if (pending.length === 0) return []
    const position = `${places.join()}|${state}`
    if (hopeless.has(position)) return undefined
    // An event cannot come after one that had not even started when it ended.
    const firstEnd = Math.min(...pending.map(({ endedAt }) => endedAt))
    for (const [index, event] of heads.entries()) {
      if (event === undefined || event.startedAt > firstEnd) continue
      const after = apply(event, state)
      if (after === undefined) continue
      const rest = search(places.with(index, (places[index] ?? 0) + 1), after.state)
      if (rest !== undefined) return [event, ...rest]
    }
    hopeless.add(position)
    return undefined
  }

  return search(
    histories.map(() => 0),
    undefined,
  )
}

/** The state after the event, or `undefined` when its result does not fit the state before. */
function apply({ call: { verb, when }, result }: Event, state: State): { state: State } | undefined {
  switch (verb) {
    case 'get':
    case 'list':
      return result.holds === state ? { state } : undefined
    case 'take':
      return result.holds === state ? { state: undefined } : undefined
    case 'delete':
    case 'deleteGroup':
      return { state: undefined }
    case 'set': {
      const allowed =
        when === undefined || (when === 'absent' ? state === undefined : state === result.expected)
      if (result.written !== allowed) return undefined
      return { state: allowed ? result.wrote : state }
    }
  }
}
