import { issuerUrl } from '@portico/provider'

/** How the provider answers a login: with an ID token, through an API, or in a format of its own. */
export type Kind = 'oidc' | 'oauth2' | 'private'

/** What is known about the new provider. */
export interface Answers {
  /** `acme-id`: the directory, the policy type, and the name of the factory in camel case. */
  readonly id: string
  /** `Acme ID`: shown to users. */
  readonly name: string
  readonly kind: Kind
  /** Issuer of one tenant; for the kinds without ID tokens the namespace of the subjects. */
  readonly issuer: string
}

/** Why a value cannot be used, with the remedy. */
export type Problem = string

const reservedWords = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
)

export function idProblem(id: string): Problem | undefined {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) || id.length > 40) {
    const proposal = proposedId(id)
    const use = proposal === '' ? 'Use a name such as "acme-id".' : `Use "${proposal}".`
    return `id must be lower-case letters and digits, in words joined by "-", at most 40 characters. ${use}`
  }
  if (reservedWords.has(id)) return `id is a word of JavaScript. Use "${id}-id".`
  return undefined
}

export function nameProblem(name: string): Problem | undefined {
  if (/^[\p{L}\p{N}](?:[\p{L}\p{N} .&+-]*[\p{L}\p{N}.+])?$/u.test(name)) return undefined
  return 'name must be letters, digits, spaces and . & + -, as users should read it. Use a name such as "Acme ID".'
}

export function kindProblem(kind: string): Problem | undefined {
  return isKind(kind) ? undefined : 'kind must be one of "oidc", "oauth2", "private". Use "oidc".'
}

export function isKind(kind: string): kind is Kind {
  return kind === 'oidc' || kind === 'oauth2' || kind === 'private'
}

export function issuerProblem(issuer: string): Problem | undefined {
  const result = issuerUrl('Issuer of one tenant.').safeParse(issuer)
  if (!result.success) return `issuer ${result.error.issues.map(({ message }) => message).join('; ')}.`
  // It becomes part of source text.
  return /^https?:\/\/[\w./:~-]+$/.test(issuer)
    ? undefined
    : 'issuer must be a plain URL. Copy it from the discovery document.'
}

/** `Acme ID` → `acme-id`. */
function proposedId(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-0-9]+|-+$/g, '')
    .slice(0, 40)
}

/** `acme-id` → `acmeId`. */
export function factoryName(id: string): string {
  return id.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
}

/** `acme-id` → `Acme Id`. */
export function proposedName(id: string): string {
  return id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
