import type { GatewayOptions, IdentityProvider } from '@portico/provider'

import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'

const members: readonly (keyof GatewayOptions)[] = [
  'accessTokenTtlSeconds',
  'refreshTokenTtlSeconds',
  'cimdEnabled',
]

/**
 * The `gateway` blocks of the sign-in policies concern the one gateway: where they contradict each other, each place is named.
 * Where they agree, the authorization server reads them by itself.
 */
export function gatewayBlockProblems(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  providers: ReadonlyMap<string, IdentityProvider>,
): readonly FileProblem[] {
  return members.flatMap((name) => {
    const stated = policies.flatMap((policy) => {
      const value = providers.get(policy.name)?.gateway[name]
      return value === undefined ? [] : [{ policy, value }]
    })
    const [first] = stated
    return stated.flatMap(({ policy, value }) =>
      first === undefined || value === first.value
        ? []
        : document.problemAt(
            [...policy.path, 'handler', 'options', 'gateway', name],
            `is ${String(value)} here and ${String(first.value)} in "${first.policy.name}": there is one gateway, so make them agree.`,
          ),
    )
  })
}
