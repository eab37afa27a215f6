import { upstreamOptions, type UpstreamOptions } from '@portico/connections'

import { connectionMembers } from '../connection-problems.ts'
import type { AttachedRoute } from './attached-policies.ts'
import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'
import { schemaProblems } from './schema-problems.ts'

/** What the token exchange policies of a file amount to. */
export interface ExchangePolicies {
  readonly connections: readonly UpstreamOptions[]
  /** Ids of the connections by name of their policy. */
  readonly connectionIds: ReadonlyMap<string, string>
  readonly problems: readonly FileProblem[]
  readonly warnings: readonly FileProblem[]
}

/** Options of the policy, for proposals: the address is the route's. */
const knownOptions = connectionMembers.filter((name) => name !== 'url')

const connectionId = upstreamOptions.options[0].shape.id

/** Reads the options of `mcp-token-exchange-inbound`; the upstream's address is that of the routes they are attached to. */
export function readExchangePolicies(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  routes: readonly AttachedRoute[],
): ExchangePolicies {
  const problems: FileProblem[] = []
  const warnings: FileProblem[] = []
  const connections: UpstreamOptions[] = []
  const connectionIds = new Map<string, string>()
  const uses = routes.flatMap(credentialUses)

  for (const policy of policies.filter(({ kind }) => kind.kind === 'token-exchange')) {
    const path = [...policy.path, 'handler', 'options']
    const report = (message: string, ...place: readonly string[]) =>
      problems.push(document.problemAt([...path, ...place], message))
    const urls = new Set(uses.filter(({ exchange }) => exchange === policy.name).map(({ url }) => url))
    const [url] = urls
    // Attached to nothing: that is reported as having no effect.
    if (url === undefined) continue
    if (urls.size > 1) {
      report(
        `is attached to routes with different upstreams (${[...urls].join(', ')}): a credential belongs to one, so declare one policy for each.`,
      )
      continue
    }
    const id = policy.options['id'] ?? idFromName(policy.name)
    if (policy.options['id'] === undefined && !connectionId.safeParse(id).success) {
      report(
        `is missing, and "${policy.name}", the name of the policy, is none: add it, in letters, digits, dots, dashes and underscores (64 at most).`,
        'id',
      )
      continue
    }
    const parsed = upstreamOptions.safeParse({ ...policy.options, id, url })
    if (!parsed.success) {
      problems.push(...schemaProblems(document, path, parsed.error, knownOptions))
      continue
    }
    const upstream = parsed.data
    if ([...connectionIds.values()].includes(upstream.id)) {
      report(
        `"${upstream.id}" is the id of another token exchange policy: every upstream needs its own.`,
        'id',
      )
      continue
    }
    if (upstream.authMode === 'shared-oauth' && upstream.adminGroups.length === 0) {
      warnings.push(
        document.problemAt(
          path,
          'has no "adminGroups", so nobody may connect the shared account: name the groups or roles of your administrators.',
        ),
      )
    }
    connections.push(upstream)
    connectionIds.set(policy.name, upstream.id)
  }
  return { connections, connectionIds, problems, warnings }
}

/** Which upstreams of a route are sent the credential of which policy. */
function credentialUses({ route, exchange, upstreams }: AttachedRoute) {
  return upstreams === undefined
    ? [{ url: route.upstreamUrl, exchange }]
    : upstreams.map(({ upstream, exchange: own }) => ({ url: upstream.url, exchange: own }))
}

/** R020: `mcp-token-exchange-linear` → `linear`; any other name is the id itself. */
function idFromName(name: string): string {
  return /^mcp-token-exchange-(.+)$/.exec(name)?.[1] ?? name
}
