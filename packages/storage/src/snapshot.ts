import type { JsonValue } from './storage.ts'

/**
 * What `JSON.parse(JSON.stringify(value))` gives (no undefined members, no −0, no NaN), in less than half its time, and frozen:
 * a copy, or the value itself where nobody can change it.
 */
export function snapshot(value: JsonValue | undefined): JsonValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object') return value ?? null
  if (value === null) return null
  if (isUnchanging(value)) return value
  if (isArray(value)) return Object.freeze(value.map(snapshot))
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

/** Frozen, and nothing in it that could change: most records, and lists that many of them share. */
function isUnchanging(value: JsonObject | readonly JsonValue[]): boolean {
  if (!Object.isFrozen(value)) return false
  if (isArray(value)) return value.every(isPlain)
  for (const name in value) if (!isPlain(value[name])) return false
  return true
}

/** Of what JSON keeps as it is. */
function isPlain(member: JsonValue | undefined): boolean {
  if (typeof member === 'string' || typeof member === 'boolean') return true
  return Number.isSafeInteger(member) && !Object.is(member, -0)
}

type JsonObject = { readonly [member: string]: JsonValue | undefined }

// Array.isArray does not narrow readonly arrays.
const isArray: (value: JsonValue) => value is readonly JsonValue[] = Array.isArray
