import { nearestName } from './nearest-name.ts'
import { unknownPolicyType } from './policy-kinds.ts'
import { isMissing, providersIn } from './provider-package.ts'
import type { AnyProviderPackage, ImportModule } from './provider-package.ts'

/** What a sign-in policy says about where its provider comes from. */
export interface ProviderReference {
  readonly policyType: string
  readonly providerId: string
  /** `$import(@portico/logto)` */
  readonly module: string
  readonly export: string
}

/** Why there is no provider, and which member of the policy says so. */
export interface LoadFailure {
  readonly member: 'policyType' | 'module' | 'export'
  readonly message: string
}

/** Module names of the product whose configuration files are understood too: the policy type says what is meant. */
const namesWithoutPackage = new Set(['@zuplo/runtime/mcp-gateway', '@zuplo/runtime'])

/**
 * Finds the provider package a policy refers to: the one its module names, or for the reference's own module names
 * the one its policy type names.
 */
export async function loadProvider(
  reference: ProviderReference,
  importModule: ImportModule,
  providerIds: readonly string[],
): Promise<AnyProviderPackage | LoadFailure> {
  const { policyType, providerId } = reference
  const named = /^\$import\(\s*([^\s()]+)\s*\)$/.exec(reference.module)?.[1]
  if (named === undefined) {
    return { member: 'module', message: `must name a package: use "$import(@portico/${providerId})".` }
  }
  const byType = namesWithoutPackage.has(named)
  const specifier = byType ? `@portico/${providerId}` : named
  let module: object
  try {
    module = await importModule(specifier)
  } catch (error) {
    if (!isMissing(error, specifier)) {
      const why = error instanceof Error ? error.message : String(error)
      return { member: 'module', message: `could not load "${specifier}": ${why}` }
    }
    if (byType && !providerIds.includes(providerId)) {
      return { member: 'policyType', message: unknownPolicyType(policyType, providerIds) }
    }
    if (specifier.startsWith('.')) {
      return {
        member: 'module',
        message: `names "${specifier}", and there is no such file beside the configuration.`,
      }
    }
    return {
      member: byType ? 'policyType' : 'module',
      message: `needs "${specifier}", which is not installed: run "npm install ${specifier}".`,
    }
  }
  if (byType && reference.export.toLowerCase() !== exportOf(providerId).toLowerCase()) {
    return {
      member: 'export',
      message: `does not belong to the policy type "${policyType}": use "${exportOf(providerId)}", or change the policy type.`,
    }
  }
  return byType ? ofType(module, policyType, specifier) : ofExport(module, reference, specifier)
}

export function isLoadFailure(result: AnyProviderPackage | LoadFailure): result is LoadFailure {
  return 'message' in result
}

function ofType(module: object, policyType: string, specifier: string): AnyProviderPackage | LoadFailure {
  const found = providersIn(module).find(([, provider]) => provider.policyType === policyType)
  if (found) return found[1]
  return {
    member: 'policyType',
    message: `is "${policyType}", but "${specifier}" has no provider of that type.`,
  }
}

function ofExport(
  module: object,
  { policyType, export: name }: ProviderReference,
  specifier: string,
): AnyProviderPackage | LoadFailure {
  const providers = providersIn(module)
  const found = providers.find(([exported]) => exported === name)?.[1]
  if (found?.policyType === policyType) return found
  if (found) {
    return {
      member: 'policyType',
      message: `is "${policyType}", but "${name}" of "${specifier}" is of type "${found.policyType}": use "${found.policyType}".`,
    }
  }
  const names = providers.map(([exported]) => exported)
  const nearest = nearestName(name, names) ?? names[0]
  return {
    member: 'export',
    message:
      nearest === undefined
        ? `is "${name}", but "${specifier}" exports no provider: is it a provider package?`
        : `is "${name}", which "${specifier}" does not export as a provider: use "${nearest}".`,
  }
}

/** The reference's name of the export for a provider, e.g. `McpLogtoOAuthInboundPolicy`. */
function exportOf(providerId: string): string {
  const name = spelling[providerId] ?? providerId.charAt(0).toUpperCase() + providerId.slice(1)
  return `Mcp${name}OAuthInboundPolicy`
}

const spelling: Readonly<Record<string, string>> = { oidc: '', onelogin: 'OneLogin', workos: 'WorkOS' }
