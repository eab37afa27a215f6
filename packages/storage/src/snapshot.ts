import type { JsonValue } from './storage.ts'

/**
 * A frozen copy: what `JSON.parse(JSON.stringify(value))` gives (no undefined members, no −0, no NaN), in less than
 * half its time.
 */
export function snapshot(value: JsonValue | undefined): JsonValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object') return value ?? null
  if (value === null) return null
  if (isArray(value)) return isUnchanging(value) ? value : Object.freeze(value.map(snapshot))
  const copy: Record<string, JsonValue> = {}
  for (const name of Object.keys(value)) {
    const member = value[name]
    if (member === undefined) continue
    // An assignment to `__proto__` would change the prototype instead of adding a member.
    if (name === '__proto__') Object.defineProperty(copy, name, { value: snapshot(member), enumerable: true })
    else copy[name] = snapshot(member)
  }
  return Object.freeze(copy)
}

/** A frozen list of texts needs no copy: so records may share one, and one that was read is written back as it is. */
function isUnchanging(value: readonly JsonValue[]): boolean {
  return Object.isFrozen(value) && value.every((member) => typeof member === 'string')
}

// Array.isArray does not narrow readonly arrays.
const isArray: (value: JsonValue) => value is readonly JsonValue[] = Array.isArray
