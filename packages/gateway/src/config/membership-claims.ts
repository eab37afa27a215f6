import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'
import type { DeclaredRoute } from './route-operation.ts'

/** Options of a provider that say which claims hold groups and roles. */
export type MembershipClaims = Readonly<Partial<Record<ClaimOption, string>>>

type ClaimOption = 'groupClaim' | 'roleClaim'

const usualNames: Readonly<Record<ClaimOption, string>> = { groupClaim: 'groups', roleClaim: 'roles' }

export interface ClaimsOfProviders {
  /** By name of the sign-in policy. */
  readonly claims: ReadonlyMap<string, MembershipClaims>
  readonly problems: readonly FileProblem[]
}

/**
 * R185: what the capability filters of the routes say of a provider whose users may use them. A user has one set of groups
 * and roles, so all that name a claim of it must agree; the usual names mean what the provider's package reads.
 *
 * @param routes with the names of the policies that are attached to each
 */
export function membershipClaims(
  document: JsoncDocument,
  policies: ReadonlyMap<string, DeclaredPolicy>,
  routes: readonly Pick<DeclaredRoute, 'inbound'>[],
): ClaimsOfProviders {
  const problems: FileProblem[] = []
  const claims = new Map<string, Partial<Record<ClaimOption, string>>>()
  for (const { inbound } of routes) {
    const attached = inbound.flatMap((name) => policies.get(name) ?? [])
    for (const filter of attached.filter(({ kind }) => kind.kind === 'capability-filter')) {
      for (const [option, name] of Object.entries(claimsOf(filter)) as [ClaimOption, string][]) {
        for (const signIn of attached.filter(({ kind }) => kind.kind === 'sign-in')) {
          const known = claims.get(signIn.name) ?? {}
          const own = signIn.options[option]
          const before = typeof own === 'string' ? own : known[option]
          claims.set(signIn.name, { [option]: name, ...known })
          if (before === undefined || before === name) continue
          const place = [...filter.path, 'handler', 'options', 'accessControl', option]
          const message = `is "${name}", and for users of "${signIn.name}" it is "${before}" elsewhere: a user has one set of ${usualNames[option]}, so make them agree.`
          problems.push(document.problemAt(place, message))
        }
      }
    }
  }
  return { claims, problems }
}

/** The claims that a filter names; what else is wrong with it is said where its options are read. */
function claimsOf({ options: { accessControl } }: DeclaredPolicy): MembershipClaims {
  if (typeof accessControl !== 'object' || accessControl === null) return {}
  return Object.fromEntries(Object.entries(accessControl).filter(isClaim))
}

const isClaim = ([member, value]: readonly [string, unknown]): boolean =>
  Object.hasOwn(usualNames, member) &&
  typeof value === 'string' &&
  value !== '' &&
  value !== usualNames[member as ClaimOption]

/** The rest of `accessControl`, for the code that decides: the provider reads the claims. */
export function withoutClaims<Access extends object>(accessControl: Access): Access {
  return Object.fromEntries(Object.entries(accessControl).filter((member) => !isClaim(member))) as Access
}
