import type { JsonValue } from '@portico/storage'

/** What is written in place of a value that must not be read. */
const redacted = '[redacted]'

/** Members that hold secrets wherever they occur; compared without case, `_` and `-`. */
const secretNames =
  /pass(?:word|phrase|wd|code)|secret|token|credential|authorization|cookie|api-?key|private-?key|^key$|^pin$|^otp$|signature|sessionid/

/** Texts that are secrets by their form: bearer tokens, JWTs, private keys, and URLs that carry a password. */
const secretTexts = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----|$)/g,
  /\b(?:gh[pousr]_|github_pat_|sk-|sk_live_|xox[abprs]-|AKIA)[\w-]{8,}/g,
  /(?<=\/\/)[^\s/:@]+:[^\s/@]+(?=@)/g,
]

const maximumText = 256
const maximumMembers = 64
const maximumDepth = 6

/**
 * The arguments of a tool call as an auditor may read them: short, and without secrets.
 *
 * @param names further members whose values are left out, compared like the built-in ones
 */
export function redactArguments(value: unknown, names: readonly string[] = [], depth = 0): JsonValue {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return null
  if (depth >= maximumDepth) return '[too deep]'
  if (Array.isArray(value)) {
    return value.slice(0, maximumMembers).map((item) => redactArguments(item, names, depth + 1))
  }
  const known = new Set(names.map(normalise))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maximumMembers)
      .map(([name, member]) => [
        name,
        isSecretName(name, known) ? redacted : redactArguments(member, names, depth + 1),
      ]),
  )
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
