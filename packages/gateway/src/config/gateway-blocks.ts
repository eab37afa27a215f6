import type { GatewayOptions, IdentityProvider } from '@portico/provider'

import type { GatewayConfig } from '../gateway-config.ts'
import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'

export interface GatewayBlocks {
  readonly config: Pick<GatewayConfig, 'accessToken' | 'refreshToken' | 'registration'>
  readonly problems: readonly FileProblem[]
}

/**
 * The `gateway` blocks of the sign-in policies concern the one gateway: where there are several, they must agree. With a
 * single policy the authorization server reads the block by itself.
 */
export function gatewayBlocks(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  providers: ReadonlyMap<string, IdentityProvider>,
): GatewayBlocks {
  const problems: FileProblem[] = []
  if (providers.size < 2) return { config: {}, problems }

  const agreed = <Name extends keyof GatewayOptions>(name: Name): GatewayOptions[Name] => {
    const stated = policies.flatMap((policy) => {
      const value = providers.get(policy.name)?.gateway[name]
      return value === undefined ? [] : [{ policy, value }]
    })
    const [first] = stated
    for (const { policy, value } of stated) {
      if (first && value !== first.value) {
        problems.push(
          document.problemAt(
            [...policy.path, 'handler', 'options', 'gateway', name],
            `is ${String(value)} here and ${String(first.value)} in "${first.policy.name}": there is one gateway, so make them agree.`,
          ),
        )
      }
    }
    return first?.value
  }
  const accessTokenTtlSeconds = agreed('accessTokenTtlSeconds')
  const refreshTokenTtlSeconds = agreed('refreshTokenTtlSeconds')
  const cimdEnabled = agreed('cimdEnabled')
  return {
    config: {
      ...(accessTokenTtlSeconds !== undefined && { accessToken: { ttlSeconds: accessTokenTtlSeconds } }),
      ...(refreshTokenTtlSeconds !== undefined && {
        refreshToken: { absoluteTtlSeconds: refreshTokenTtlSeconds },
      }),
      ...(cimdEnabled !== undefined && { registration: { metadataDocuments: cimdEnabled } }),
    },
    problems,
  }
}
