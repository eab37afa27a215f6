/** Why a text was refused. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * Parses JSON that another parser will read as well (H03): a repeated member could mean one thing here and another there,
 * and deep nesting can exhaust either.
 *
 * @throws {StrictJsonError} for a text that is no JSON, is nested too deeply or repeats a member
 */
export function parseStrictJson(text: string, maxDepth = 64): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new StrictJsonError('the body is no JSON', { cause })
  }
  // Of members with one name `JSON.parse` keeps the last.
  if (countColons(text, maxDepth) !== countMembers(value)) {
    throw new StrictJsonError('the body repeats a member of an object')
  }
  return value
}

/** The members that a text, known to be JSON, writes down: outside of strings each has one colon. */
function countColons(text: string, maxDepth: number): number {
  let colons = 0
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) {
      index = endOfString(text, index)
    } else if (code === colon) {
      colons++
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw new StrictJsonError(`the body is nested deeper than ${maxDepth} levels`)
    } else if (code === 0x7d || code === 0x5d) {
      depth--
    }
  }
  return colons
}

/** The members that all objects in a value have. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const contents: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  let members = contents === value ? 0 : contents.length
  for (const content of contents) members += countMembers(content)
  return members
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, index: number): boolean {
  let before = index - 1
  while (text.charCodeAt(before) === backslash) before--
  return (index - before) % 2 === 0
}
