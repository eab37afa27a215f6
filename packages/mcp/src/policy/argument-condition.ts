import { isJsonObject } from '../json-rpc.ts'
import { folded } from './folded.ts'
import { wildcard } from './wildcard.ts'

type Value = string | number | boolean

/** Decides about the arguments of a call. */
export interface ArgumentCondition {
  /** Every argument is there and has one of its values, however it is parsed: nothing else is allowed. */
  allows(args: unknown): boolean
  /** Every argument has, or may be taken to have, one of its values. */
  concerns(args: unknown): boolean
}

/** @param conditions accepted values by dotted path; texts are patterns */
export function argumentCondition(conditions: Readonly<Record<string, readonly Value[]>>): ArgumentCondition {
  const compiled = Object.entries(conditions).map(([path, values]) => ({
    path: path.split('.'),
    isExactly: oneOf(values.map(exactly)),
    isLike: oneOf(values.map(looselyLike)),
  }))
  return {
    allows: (args) =>
      compiled.every(({ path, isExactly }) => {
        const [found, ...others] = valuesAt(args, path)
        if (others.length > 0) return false
        return Array.isArray(found) ? found.length > 0 && found.every(isExactly) : isExactly(found)
      }),
    concerns: (args) =>
      compiled.every(({ path, isLike }) =>
        valuesAt(args, path).some((found) => (Array.isArray(found) ? found.some(isLike) : isLike(found))),
      ),
  }
}

const oneOf = (tests: readonly ((value: unknown) => boolean)[]) => (value: unknown) =>
  tests.some((test) => test(value))

function exactly(expected: Value): (value: unknown) => boolean {
  if (typeof expected !== 'string') return (value) => value === expected
  const matches = wildcard(expected)
  return (value) => typeof value === 'string' && matches(value)
}

/** Upstreams may convert "1" to 1, or ignore the case; what is no plain value cannot be judged, and counts. */
function looselyLike(expected: Value): (value: unknown) => boolean {
  const matches = wildcard(folded(String(expected)))
  return (value) => (typeof value === 'object' && value !== null ? true : matches(folded(String(value))))
}

/** Every value that a parser may find at a path: some ignore the case of names (H03). */
function valuesAt(args: unknown, path: readonly string[]): readonly unknown[] {
  return path.reduce<readonly unknown[]>(
    (nodes, name) =>
      nodes.flatMap((node) => {
        if (!isJsonObject(node)) return Array.isArray(node) ? [node] : []
        return Object.entries(node).flatMap(([member, value]) =>
          folded(member) === folded(name) ? [value] : [],
        )
      }),
    [args],
  )
}
