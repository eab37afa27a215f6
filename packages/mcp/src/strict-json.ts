/** Why a text was refused. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
}

const quote = 0x22
const backslash = 0x5c

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
  checkStructure(text, maxDepth)
  return value
}

/** Walks a text that is known to be JSON. A string is a member's name exactly when a colon follows. */
function checkStructure(text: string, maxDepth: number): void {
  const names: (Set<string> | undefined)[] = []
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) {
      const end = endOfString(text, index)
      let next = end + 1
      while (isSpace(text.charCodeAt(next))) next++
      if (text.charCodeAt(next) === 0x3a) {
        checkName(names, text.slice(index, end + 1))
        index = next
      } else {
        index = end
      }
    } else if (code === 0x7b || code === 0x5b) {
      if (names.push(undefined) > maxDepth)
        throw new StrictJsonError(`the body is nested deeper than ${maxDepth} levels`)
    } else if (code === 0x7d || code === 0x5d) {
      names.pop()
    }
  }
}

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

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

function checkName(names: (Set<string> | undefined)[], literal: string): void {
  const name: string = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
  const seen = (names[names.length - 1] ??= new Set())
  if (seen.has(name)) throw new StrictJsonError('the body repeats a member of an object')
  seen.add(name)
}
