import { z } from 'zod'

/** What is wrong with a value and what to do about it. Never quotes a value that could be a secret. */
export interface Refusal {
  /** Continues a sentence that begins with the option's name. */
  readonly problem: string
  /** A sentence of its own. */
  readonly remedy?: string | undefined
}

/** A mistake people make with one option, recognised before the general rules are applied. */
export interface Mistake extends Refusal {
  readonly when: RegExp
  /** May use `$<name>` for a named group of `when`; the group `host` is shown in lower case. */
  readonly remedy?: string
  /** For a remedy that must be computed; wins over `remedy` when it answers. */
  readonly correct?: (match: RegExpExecArray) => string | undefined
}

/** A zod check that refuses with a problem and a remedy; nothing after it is checked then. */
export function refuse<Value>(check: (value: Value) => Refusal | undefined): z.core.$ZodCheck<Value> {
  return z.check<Value>((payload) => {
    const refusal = check(payload.value)
    if (refusal === undefined) return
    const { problem, remedy } = refusal
    payload.issues.push({
      code: 'custom',
      input: payload.value,
      message: problem,
      params: { remedy },
      continue: false,
    })
  })
}

/** The first of the known mistakes that `value` is an example of. */
export function knownMistake(value: string, mistakes: readonly Mistake[]): Refusal | undefined {
  for (const { when, problem, remedy, correct } of mistakes) {
    const match = when.exec(value)
    if (match !== null) return { problem, remedy: correct?.(match) ?? filled(remedy, match.groups ?? {}) }
  }
  return undefined
}

function filled(
  remedy: string | undefined,
  groups: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return remedy?.replaceAll(/\$<(\w+)>/g, (_, name: string) => {
    const value = groups[name] ?? ''
    return name === 'host' ? value.toLowerCase() : value
  })
}
