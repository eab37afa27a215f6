import { type ConfigError, explainProblem, type IdentityProvider, isConfigError } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

import { resolveProvider } from '../resolve-provider.ts'
import { formatJsonPath } from './file-problem.ts'
import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { isLoadFailure, loadProvider } from './load-provider.ts'
import type { MembershipClaims } from './membership-claims.ts'
import { optionPath } from './option-path.ts'
import type { DeclaredPolicy } from './policies-file.ts'
import type { ImportModule } from './provider-package.ts'

export interface ProviderSources {
  readonly importModule: ImportModule
  /** Ids of the providers that exist, to propose the one that was meant. */
  readonly providerIds: readonly string[]
  readonly development: boolean
  /** For discovery documents. */
  readonly fetch: SafeFetch
  /** What capability filters say of the claims of a provider, by name of its policy; its own options go first. */
  readonly claims: ReadonlyMap<string, MembershipClaims>
}

export interface ConfiguredProviders {
  /** By name of the policy. */
  readonly providers: ReadonlyMap<string, IdentityProvider>
  readonly problems: readonly FileProblem[]
  readonly warnings: readonly FileProblem[]
}

/** Builds the identity provider of every sign-in policy. */
export async function configuredProviders(
  document: JsoncDocument,
  policies: Iterable<DeclaredPolicy>,
  { importModule, providerIds, development, fetch, claims }: ProviderSources,
): Promise<ConfiguredProviders> {
  const providers = new Map<string, IdentityProvider>()
  const problems: FileProblem[] = []
  const warnings: FileProblem[] = []
  for (const policy of policies) {
    if (policy.kind.kind !== 'sign-in') continue
    if (hasDevelopmentLogin(policy)) {
      const place = [...policy.path, 'handler', 'options', 'browserLogin', 'url']
      problems.push(document.problemAt(place, noDevelopmentLogin))
      continue
    }
    const reference = { ...policy, providerId: policy.kind.providerId }
    const loaded = await loadProvider(reference, importModule, providerIds)
    if (isLoadFailure(loaded)) {
      const place = loaded.member === 'policyType' ? ['policyType'] : ['handler', loaded.member]
      problems.push(document.problemAt([...policy.path, ...place], loaded.message))
      continue
    }
    const optionsPath = [...policy.path, 'handler', 'options']
    try {
      const plain = loaded.create(policy.options, { development })
      const named = { ...claims.get(policy.name), ...policy.options }
      // A filter may concern users of several providers, of which one has no claims: it says nothing of those.
      const hasClaims = !('kind' in plain) || plain.kind === 'oidc'
      const provider = await resolveProvider(hasClaims ? loaded.create(named, { development }) : plain, fetch)
      const namesake = [...providers].find(([, other]) => other.id === provider.id)
      if (namesake) {
        problems.push(
          document.problemAt(
            [...optionsPath, 'providerId'],
            `must differ from "${provider.id}", the id of "${namesake[0]}": set it to a word of its own, which becomes part of the callback path.`,
          ),
        )
      }
      providers.set(policy.name, provider)
      warnings.push(...(provider.warnings ?? []).map((warning) => document.problemAt(optionsPath, warning)))
    } catch (error) {
      if (!isConfigError(error)) throw error
      problems.push(...optionProblems(document, policy, error))
    }
  }
  return { providers, problems, warnings }
}

/** R114: the reference's login without a password; the options that it can do without would be reported as missing. */
function hasDevelopmentLogin({ options }: DeclaredPolicy): boolean {
  const { browserLogin } = options
  if (typeof browserLogin !== 'object' || browserLogin === null || !('url' in browserLogin)) return false
  return typeof browserLogin.url === 'string' && /\/oauth\/dev-login\/?(?:[?#]|$)/.test(browserLogin.url)
}

const noDevelopmentLogin =
  'is a login without a provider, which Portico does not have: start "npx portico-dev-idp" of @portico/dev-idp, a provider on loopback with accounts to try, and replace this policy by one of type "mcp-logto-oauth-inbound" with "logtoEndpoint": "http://127.0.0.1:9001".'

/** A provider's complaints, at the options they are about; without those whose variables are missing anyway. */
function optionProblems(document: JsoncDocument, policy: DeclaredPolicy, error: ConfigError): FileProblem[] {
  const unresolved = new Set(policy.unresolved.map(formatJsonPath))
  return error.problems
    .map((problem) =>
      document.problemAt(
        [...policy.path, 'handler', 'options', ...optionPath(problem.option)],
        explainProblem(problem),
      ),
    )
    .filter(({ path }) => !unresolved.has(path))
}
