import type { JsonValue } from '@portico/storage'

/** What is written in place of a value that must not be read. */
const redacted = '[redacted]'

/** Members that hold secrets wherever they occur; compared without case, `_` and `-`. */
const secretNames =
  /pass(?:word|phrase|wd|code)|secret|token|credential|authorization|cookie|api-?key|private-?key|^key$|^pin$|^otp$|signature|sessionid/

/** Texts that are secrets by their form: bearer tokens, JWTs, private keys, and URLs that carry a password. */
const secretTexts = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  // Also what is left of a long one.
  /\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g,
  /-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----|$)/g,
  /\b(?:gh[pousr]_|github_pat_|sk-|sk_live_|xox[abprs]-|AKIA)[\w-]{8,}/g,
  /(?<=\/\/)[^\s/:@]+:[^\s/@]+(?=@)/g,
]

const maximumText = 256
const maximumName = 64
const maximumMembers = 64
const maximumDepth = 6
/** In all of it: members of members of members are many. */
const maximumValues = 512

/**
 * The arguments of a tool call as an auditor may read them: short, and without secrets.
 *
 * @param names further members whose values are left out, compared like the built-in ones
 */
export function redactArguments(value: unknown, names: readonly string[] = []): JsonValue {
  const known = new Set(names.map(normalise))
  let left = maximumValues
  return redact(value, 0)

  function redact(each: unknown, depth: number): JsonValue {
    left -= 1
    if (typeof each === 'string') return redactText(each)
    if (typeof each === 'number' || typeof each === 'boolean') return each
    if (typeof each !== 'object' || each === null) return null
    if (depth >= maximumDepth) return '[too deep]'
    if (Array.isArray(each)) {
      const items = each.slice(0, maximumMembers) as readonly unknown[]
      return items.flatMap((item) => (left > 0 ? [redact(item, depth + 1)] : []))
    }
    const members = Object.entries(each).slice(0, maximumMembers)
    return Object.fromEntries(
      members.flatMap(([name, member]) => {
        if (left <= 0) return []
        const shown = isSecretName(name, known) ? redacted : redact(member, depth + 1)
        return [[redactText(name.slice(0, maximumName)), shown]]
      }),
    )
  }
}

function isSecretName(name: string, known: ReadonlySet<string>): boolean {
  const normalised = normalise(name)
  return known.has(normalised) || secretNames.test(normalised)
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s-]/g, '')
}

function redactText(text: string): string {
  let shown = text.slice(0, maximumText * 4)
  for (const pattern of secretTexts) shown = shown.replaceAll(pattern, redacted)
  return shown.length > maximumText || text.length > maximumText * 4
    ? `${shown.slice(0, maximumText)}… (${text.length} characters)`
    : shown
}
