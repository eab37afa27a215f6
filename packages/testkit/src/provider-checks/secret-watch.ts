import type { IdentityProvider } from '@portico/provider'
import type { ScriptedIdp } from '@portico/test-peers'

/** Remembers what must stay secret and what was shown. */
export interface SecretWatch {
  /** A page, an address, an event, an error. */
  show(this: void, shown: unknown): void
  /** Tokens of an answer of the token endpoint. */
  keepTokens(this: void, answer: unknown): void
  /** Code and PKCE verifier of the provider's leg. */
  keepExchange(this: void, idp: ScriptedIdp): void
  /** What was shown and holds a secret: an excerpt with the secret taken out. */
  leaks(this: void): readonly string[]
}

/** Shorter words are found in any page. */
const shortestSecret = 8

export function createSecretWatch({ client }: IdentityProvider): SecretWatch {
  const secrets = new Set<string>()
  const shown: string[] = []
  const keep = (value: unknown): void => {
    if (typeof value !== 'string' || value.length < shortestSecret) return
    for (const spelling of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
      secrets.add(spelling)
    }
  }
  keep(client.secret)
  keep(client.privateKey?.privateKeyPem)
  return {
    show: (value) => void shown.push(typeof value === 'string' ? value : described(value)),
    keepTokens(this: void, answer) {
      const tokens = Object(answer) as Readonly<Record<string, unknown>>
      for (const name of ['access_token', 'refresh_token', 'id_token']) keep(tokens[name])
    },
    keepExchange({ requests }) {
      for (const { endpoint, parameters } of requests) {
        if (endpoint !== 'token') continue
        for (const name of ['code', 'code_verifier', 'client_assertion']) keep(parameters.get(name))
      }
    },
    leaks: () =>
      shown.flatMap((text) =>
        [...secrets]
          .filter((secret) => text.includes(secret))
          .map((secret) => text.replaceAll(secret, '(secret)').slice(0, 500)),
      ),
  }
}

/** An event with its whole chain of causes, as a log would have it. */
function described(value: unknown): string {
  if (!(value instanceof Error)) {
    return JSON.stringify(value, (_name, member: unknown) =>
      member instanceof Error ? described(member) : member,
    )
  }
  const { name, message, cause } = value
  const own = JSON.stringify(Object.entries(value))
  return `${name}: ${message} ${own} ${cause === undefined ? '' : described(cause)}`
}
