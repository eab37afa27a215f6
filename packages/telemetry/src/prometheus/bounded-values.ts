const plain = /^[\w.:-]{1,64}$/

/**
 * Values of a label that others may have chosen: the first `most` different ones are kept, as far as they look like codes, and
 * the rest is `other`.
 */
export function boundedValues(most: number): (value: string) => string {
  const kept = new Set<string>()
  return (value) => {
    if (kept.has(value)) return value
    if (kept.size >= most || !plain.test(value)) return 'other'
    kept.add(value)
    return value
  }
}
