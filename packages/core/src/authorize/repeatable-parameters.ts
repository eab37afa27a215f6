/**
 * Parameters of an authorization request (AS-20): empty ones count as absent, unknown ones are never looked at, and repeated ones
 * are refused only once it is known where to (`checks/single-parameters.ts`).
 */
export interface RepeatableParameters {
  /** The first value; `undefined` when absent or empty. */
  get(name: string): string | undefined
  all(name: string): readonly string[]
  isRepeated(name: string): boolean
}

export function repeatableParameters(source: URLSearchParams): RepeatableParameters {
  const all = (name: string): readonly string[] => source.getAll(name).filter((value) => value !== '')
  return {
    all,
    get: (name) => all(name)[0],
    isRepeated: (name) => all(name).length > 1,
  }
}
