import { fetchDocument, isMissing } from './fetch-document.ts'
import { type Finding, ok, problem } from './finding.ts'
import { applicationAt, type ProviderUnderTest } from './provider-under-test.ts'

interface Key {
  readonly kty: string
  readonly crv: string | undefined
  readonly use: string | undefined
}

/** Whether the key set has a key that an ID token could be verified with. */
export async function checkKeys({ provider, fetch }: ProviderUnderTest): Promise<readonly Finding[]> {
  const { oidc, name } = provider
  if (!oidc) return []
  const document = await fetchDocument(oidc.jwksUrl, fetch)
  if (isMissing(document)) {
    const remedy = `Without keys no ID token can be verified: correct the options that the address is derived from, and check whether this machine can reach ${name}.`
    return [problem('keys', `${oidc.jwksUrl} ${document.why}.`, remedy)]
  }
  const { keys } = document.members
  const list = Array.isArray(keys) ? keys.map(keyOf) : []
  const algorithms = oidc.algorithms ?? ['RS256']
  const usable = list.filter(
    (key) => key.use !== 'enc' && algorithms.some((algorithm) => fits(key, algorithm)),
  )
  if (usable.length > 0) {
    return [ok('keys', `${usable.length} of ${list.length} published keys fit ${algorithms.join(', ')}.`)]
  }
  if (list.length === 0) {
    return [
      problem(
        'keys',
        `${oidc.jwksUrl} has no keys.`,
        `Give ${applicationAt(provider)} a signing key: without one, ID tokens are signed with the client secret, which Portico refuses.`,
      ),
    ]
  }
  const kinds = [...new Set(list.map(({ kty, crv }) => (crv === undefined ? kty : `${kty} ${crv}`)))]
  return [
    problem(
      'keys',
      `${oidc.jwksUrl} has keys of the types ${kinds.join(', ')}, none of which fits ${algorithms.join(', ')}.`,
      'Set idTokenSigningAlgs to the algorithm that ID tokens are signed with.',
    ),
  ]
}

function keyOf(value: unknown): Key {
  const members =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  const text = (name: string) => (typeof members[name] === 'string' ? members[name] : undefined)
  return { kty: text('kty') ?? 'unknown', crv: text('crv'), use: text('use') }
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

/** RFC 7518 §3.1, RFC 8037 §3.1. */
function fits({ kty, crv }: Key, algorithm: string): boolean {
  if (/^[RP]S/.test(algorithm)) return kty === 'RSA'
  if (algorithm.startsWith('Ed')) return kty === 'OKP'
  return kty === 'EC' && crv === curves[algorithm]
}
