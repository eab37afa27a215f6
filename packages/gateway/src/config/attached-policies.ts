import type { FileProblem, JsonPath } from './file-problem.ts'
import type { HeaderChange } from './header-policies.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'
import type { DeclaredPolicy, PoliciesFile } from './policies-file.ts'
import type { DeclaredRoute, DeclaredUpstream } from './route-operation.ts'

/** What the policies attached to an upstream amount to. */
interface UpstreamOutcome {
  readonly headers: Readonly<Record<string, string>>
  /** Name of the token exchange policy, if there is one. */
  readonly exchange: string | undefined
}

/** A route, and what the policies attached to it amount to. */
export interface AttachedRoute extends UpstreamOutcome {
  readonly route: DeclaredRoute
  /** Names of the sign-in policies, in order. */
  readonly signIn: readonly string[]
  /** Name of the capability filter, if there is one. */
  readonly filter: string | undefined
  /** Its upstreams, where there are several. */
  readonly upstreams: readonly AttachedUpstream[] | undefined
}

/** One of several upstreams, and what the policies attached to it amount to. */
export interface AttachedUpstream extends UpstreamOutcome {
  readonly upstream: DeclaredUpstream
}

export interface AttachedRoutes {
  readonly routes: readonly AttachedRoute[]
  readonly problems: readonly FileProblem[]
}

/** Resolves the names in `policies.inbound` of every route, and judges their order. */
export function attachPolicies(
  document: JsoncDocument,
  routes: readonly DeclaredRoute[],
  policiesFile: PoliciesFile,
  headerChanges: ReadonlyMap<string, HeaderChange>,
): AttachedRoutes {
  const problems: FileProblem[] = []
  const report: ReportAt = (place, message) => problems.push(document.problemAt(place, message))
  const attach = (route: DeclaredRoute) => attachToRoute(route, policiesFile, headerChanges, report)
  return { routes: routes.map(attach), problems }
}

type ReportAt = (place: JsonPath, message: string) => void

function attachToRoute(
  route: DeclaredRoute,
  policiesFile: PoliciesFile,
  headerChanges: ReadonlyMap<string, HeaderChange>,
  reportAt: ReportAt,
): AttachedRoute {
  const resolve = (names: readonly string[], place: JsonPath) =>
    resolveNames(names, place, policiesFile, reportAt)
  const { attached, someUnknown } = resolve(route.inbound, route.places.inbound)
  const signIn = attached.filter(({ policy }) => policy.kind.kind === 'sign-in')
  if (signIn.length === 0 && !someUnknown) {
    reportAt(
      route.places.inbound,
      'attaches no sign-in policy, so nobody could get a token for this route: put one first, e.g. one of type "mcp-logto-oauth-inbound".',
    )
  }
  checkOrder(attached)
  for (const { policy, report } of route.upstreams === undefined ? [] : attached) {
    if (concernsUpstream(policy)) {
      report('concerns one upstream, and this route has several: attach it in "policies" of the upstream.')
    }
  }
  const upstreams = route.upstreams?.map((upstream): AttachedUpstream => {
    const own = resolve(upstream.policies, upstream.places.policies).attached
    for (const { policy, report } of own) {
      if (!concernsUpstream(policy)) report('concerns the whole route: attach it in "inbound" of the route.')
    }
    checkOrder(own)
    return { upstream, ...outcomeFor(own, headerChanges) }
  })
  return {
    route,
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
): UpstreamOutcome {
  return {
    headers: upstreamHeaders(attached, headerChanges),
    exchange: attached.find(({ policy }) => policy.kind.kind === 'token-exchange')?.policy.name,
  }
}

/** The policies behind names; what there is no policy for is reported. */
function resolveNames(
  names: readonly string[],
  place: JsonPath,
  { policies, rejected }: PoliciesFile,
  reportAt: ReportAt,
) {
  const attached: Attached[] = []
  let someUnknown = false
  for (const [index, name] of names.entries()) {
    const report = (message: string) => reportAt([...place, index], message)
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
