import type { FileProblem, JsonPath } from './file-problem.ts'
import type { HeaderChange } from './header-policies.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'
import type { DeclaredPolicy, PoliciesFile } from './policies-file.ts'
import type { DeclaredRoute } from './routes-file.ts'

/** What the policies attached to one route amount to. */
export interface AttachedPolicies {
  /** Names of the sign-in policies, in order. */
  readonly signIn: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Name of the token exchange policy, if there is one. */
  readonly exchange: string | undefined
  /** Name of the capability filter, if there is one. */
  readonly filter: string | undefined
  /** What concerns one of several upstreams, in their order. */
  readonly upstreams: readonly AttachedToUpstream[]
}

/** What the policies of one of several upstreams amount to. */
export interface AttachedToUpstream {
  readonly headers: Readonly<Record<string, string>>
  readonly exchange: string | undefined
}

/** Resolves the names in a route's `policies.inbound` and judges their order. */
export function attachPolicies(
  document: JsoncDocument,
  route: DeclaredRoute,
  policiesFile: PoliciesFile,
  headerChanges: ReadonlyMap<string, HeaderChange>,
  problems: FileProblem[],
): AttachedPolicies {
  const resolve = (names: readonly string[], place: JsonPath) =>
    resolveNames(document, names, place, policiesFile, problems)
  const { attached, someUnknown } = resolve(route.inbound, route.places.inbound)
  const signIn = attached.filter(({ policy }) => policy.kind.kind === 'sign-in')
  if (signIn.length === 0 && !someUnknown) {
    problems.push(
      document.problemAt(
        route.places.inbound,
        'attaches no sign-in policy, so nobody could get a token for this route: put one first, e.g. one of type "mcp-logto-oauth-inbound".',
      ),
    )
  }
  checkOrder(attached)
  for (const { policy, report } of route.upstreams === undefined ? [] : attached) {
    if (concernsUpstream(policy)) {
      report('concerns one upstream, and this route has several: attach it in "policies" of the upstream.')
    }
  }
  const upstreams = (route.upstreams ?? []).map(({ policies, places }) => {
    const own = resolve(policies, places.policies).attached
    for (const { policy, report } of own) {
      if (!concernsUpstream(policy)) report('concerns the whole route: attach it in "inbound" of the route.')
    }
    checkOrder(own)
    return outcomeFor(own, headerChanges)
  })
  return {
    upstreams,
    signIn: signIn.map(({ policy }) => policy.name),
    ...outcomeFor(attached, headerChanges),
    filter: attached.find(({ policy }) => policy.kind.kind === 'capability-filter')?.policy.name,
  }
}

interface Attached {
  readonly policy: DeclaredPolicy
  readonly report: (message: string) => void
}

const concernsUpstream = ({ kind }: DeclaredPolicy): boolean =>
  kind.kind !== 'sign-in' && kind.kind !== 'capability-filter'

function outcomeFor(
  attached: readonly Attached[],
  headerChanges: ReadonlyMap<string, HeaderChange>,
): AttachedToUpstream {
  return {
    headers: upstreamHeaders(attached, headerChanges),
    exchange: attached.find(({ policy }) => policy.kind.kind === 'token-exchange')?.policy.name,
  }
}

/** The policies behind names; what there is no policy for is reported. */
function resolveNames(
  document: JsoncDocument,
  names: readonly string[],
  place: JsonPath,
  { policies, rejected }: PoliciesFile,
  problems: FileProblem[],
) {
  const attached: Attached[] = []
  let someUnknown = false
  for (const [index, name] of names.entries()) {
    const report = (message: string) => problems.push(document.problemAt([...place, index], message))
    const policy = policies.get(name)
    if (names.indexOf(name) < index) report(`attaches "${name}" twice: remove one of the two.`)
    else if (policy) attached.push({ policy, report })
    else {
      someUnknown = true
      if (!rejected.has(name)) report(unknownPolicy(name, [...policies.keys()]))
    }
  }
  return { attached, someUnknown }
}

/** Sign-in, then the upstream credential, then the capability filter; header policies anywhere after sign-in. */
function checkOrder(attached: readonly Attached[]): void {
  const firstOf = (...kinds: readonly string[]) =>
    attached.findIndex(({ policy }) => kinds.includes(policy.kind.kind))
  const exchange = firstOf('token-exchange')
  const filter = firstOf('capability-filter')
  const other = attached.findIndex(({ policy }) => policy.kind.kind !== 'sign-in')

  for (const [index, { policy, report }] of attached.entries()) {
    const { kind } = policy.kind
    if (kind === 'sign-in' && other >= 0 && other < index) {
      report(`must come before "${attached[other]?.policy.name}": sign-in policies stand first.`)
    }
    if (kind === 'token-exchange' && exchange < index) {
      report(`is the second token exchange policy of this route: a route has one upstream, so keep one.`)
    }
    if (kind === 'token-exchange' && filter >= 0 && filter < index) {
      report(`must come before the capability filter "${attached[filter]?.policy.name}".`)
    }
    if (kind === 'capability-filter' && filter < index) {
      report('is the second capability filter of this route: put all rules into one policy.')
    }
  }
}

/** The static headers in the end, the policies applied in order. */
function upstreamHeaders(
  attached: readonly Attached[],
  headerChanges: ReadonlyMap<string, HeaderChange>,
): Readonly<Record<string, string>> {
  const headers = new Map<string, { readonly name: string; readonly value: string }>()
  const exchange = attached.find(({ policy }) => policy.kind.kind === 'token-exchange')
  for (const { policy, report } of attached) {
    const change = headerChanges.get(policy.name)
    for (const name of change?.remove ?? []) {
      if (headers.delete(name.toLowerCase())) {
        report(
          `removes "${name}", which a policy before it sets: put the removal first, or drop one of the two.`,
        )
      }
    }
    for (const [name, value] of change?.set ?? []) {
      if (exchange && name.toLowerCase() === 'authorization') {
        report(
          `sets "${name}", which "${exchange.policy.name}" sets to the user's own credential: remove one of the two.`,
        )
      }
      headers.set(name.toLowerCase(), { name, value })
    }
  }
  return Object.fromEntries([...headers.values()].map(({ name, value }) => [name, value]))
}

function unknownPolicy(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === undefined
    ? `names the policy "${name}", which is not declared${known.length > 0 ? `: there are ${known.map((each) => `"${each}"`).join(', ')}` : ''}.`
    : `names the policy "${name}", which is not declared: did you mean "${nearest}"?`
}
