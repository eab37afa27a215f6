import type { IdentityProvider, Read } from '@portico/provider'

import type { IdentityCase } from './provider-case.ts'

/** The first of the cases that this provider makes the promised identity of: somebody who can sign in. */
export async function caseOf(
  provider: IdentityProvider,
  cases: readonly IdentityCase[],
): Promise<IdentityCase> {
  for (const each of cases) {
    if (each.identity === undefined) continue
    const identity = await provider.identify(each.claims, readerOf(each)).catch(() => undefined)
    if (identity?.subject === each.identity.subject) return { ...each, identity }
  }
  throw new Error(
    `Nobody can sign in: none of the cases of "identifies" makes an identity with these options of ${provider.name}. Add one.`,
  )
}

/** Reads the answers of a case as the engine reads the provider's API. */
export function readerOf({ answers = {} }: Pick<IdentityCase, 'answers'>): Read {
  return (url, schema) =>
    url in answers ? schema.parseAsync(answers[url]) : Promise.reject(new Error(`${url} answers nothing`))
}
