import type { SafeFetch } from '@portico/safe-fetch'

import type { GatewayConfig } from '../gateway-config.ts'
import { readAssertionPolicies } from './assertion-policies.ts'
import { attachPolicies } from './attached-policies.ts'
import { readCapabilityPolicies } from './capability-policies.ts'
import { configuredProviders } from './configured-providers.ts'
import { readExchangePolicies } from './exchange-policies.ts'
import { ConfigFilesError } from './file-problem.ts'
import type { FileProblem } from './file-problem.ts'
import { gatewayBlockProblems } from './gateway-blocks.ts'
import { readGatewaySettings } from './gateway-settings-block.ts'
import { readHeaderPolicy } from './header-policies.ts'
import { parseJsonc } from './jsonc-document.ts'
import type { ConfigFile, JsoncDocument } from './jsonc-document.ts'
import { linkedRoute, linkedRouteProblems } from './linked-routes.ts'
import { membershipClaims } from './membership-claims.ts'
import { nothingAccepted, readPinsFile } from './pins-file.ts'
import { readPoliciesFile } from './policies-file.ts'
import type { DeclaredPolicy } from './policies-file.ts'
import type { ImportModule } from './provider-package.ts'
import type { Environment } from './resolve-environment.ts'
import { readRoutesFile } from './routes-file.ts'
import type { DeclaredRoute } from './routes-file.ts'
import { readServerSettings } from './server-settings.ts'

/** The files of one gateway, and what they refer to. */
export interface ConfigFiles {
  /** `policies.json` */
  readonly policies: ConfigFile
  /** `routes.oas.json` */
  readonly routes: ConfigFile
  /** `pins.json`, which `portico pin accept` writes. */
  readonly pins?: ConfigFile | undefined
  /** What `$env(NAME)` and `${env.NAME}` refer to. */
  readonly environment: Environment
  readonly importModule: ImportModule
  /** For the discovery documents of providers that are configured by their issuer alone. */
  readonly fetch: SafeFetch
  /** Ids of the providers that exist, to propose the one that was meant. */
  readonly providerIds?: readonly string[]
  /** Accept plain http on loopback addresses; default `false`. */
  readonly development?: boolean
}

/** A configuration without mistakes. */
export interface ParsedConfig {
  readonly config: GatewayConfig
  /** Worth telling the operator; nothing is refused. */
  readonly warnings: readonly FileProblem[]
}

/**
 * Turns the two configuration files into what `createGateway` takes.
 *
 * @throws {ConfigFilesError} with every mistake in both files, in the order in which they stand there
 */
export async function parseConfig({
  policies: policiesFile,
  routes: routesFile,
  pins: pinsFile = { file: 'pins.json', text: '{}' },
  environment,
  importModule,
  fetch,
  providerIds = [],
  development = false,
}: ConfigFiles): Promise<ParsedConfig> {
  const policiesDocument = parseJsonc(policiesFile)
  const routesDocument = parseJsonc(routesFile)
  const pinsDocument = parseJsonc(pinsFile)
  const notation = [policiesDocument, routesDocument, pinsDocument].flatMap((document) => document.problems)
  if (notation.length > 0) throw new ConfigFilesError(notation)

  const declared = readPoliciesFile(policiesDocument, environment, providerIds)
  const policies = [...declared.policies.values()]
  const routes = readRoutesFile(routesDocument, environment)
  const claimProblems: FileProblem[] = []
  const claims = membershipClaims(
    policiesDocument,
    declared.policies,
    routes.routes.map(({ inbound }) => inbound),
    claimProblems,
  )
  const configured = await configuredProviders(policiesDocument, policies, {
    importModule,
    providerIds,
    development,
    fetch,
    claims,
  })
  const server = readServerSettings(policiesDocument, environment)
  const gateway = readGatewaySettings(policiesDocument, environment)
  const problems = [
    ...gatewayBlockProblems(policiesDocument, policies, configured.providers),
    ...server.problems,
    ...gateway.problems,
    ...declared.problems,
    ...routes.problems,
    ...configured.problems,
    ...claimProblems,
  ]
  const warnings = [
    ...routes.warnings,
    ...configured.warnings,
    ...unused(policiesDocument, policies, routes.routes),
  ]

  const headerChanges = new Map(
    policies.map((policy) => [policy.name, readHeaderPolicy(policiesDocument, policy, problems, warnings)]),
  )
  const idsByPolicy = new Map([...configured.providers].map(([name, provider]) => [name, provider.id]))
  const attached = routes.routes.map((route) =>
    attachPolicies(routesDocument, route, declared, headerChanges, problems),
  )
  const assertions = readAssertionPolicies(
    policiesDocument,
    policies,
    configured.providers,
    routes.routes.map(({ path }, index) => ({ path, signIn: attached[index]?.signIn ?? [] })),
    server.config.identityAssertions !== undefined,
  )
  problems.push(...assertions.problems)
  const exchange = readExchangePolicies(
    policiesDocument,
    policies,
    routes.routes.flatMap(({ upstreamUrl, upstreams }, index) =>
      upstreams === undefined
        ? [{ upstreamUrl, exchange: attached[index]?.exchange }]
        : upstreams.map(({ url }, each) => ({
            upstreamUrl: url,
            exchange: attached[index]?.upstreams[each]?.exchange,
          })),
    ),
  )
  problems.push(...exchange.problems)
  warnings.push(...exchange.warnings)
  const filters = readCapabilityPolicies(
    policiesDocument,
    policies,
    routes.routes.map(({ scopes }, index) => ({ scopes, filter: attached[index]?.filter })),
  )
  problems.push(...filters.problems)
  const routeIds = routes.routes.map(({ operationId }) => operationId)
  const pins = readPinsFile(pinsDocument, routeIds)
  problems.push(...pins.problems)
  warnings.push(...pins.warnings)
  const outcomes = {
    providerIds: idsByPolicy,
    connectionIds: exchange.connectionIds,
    capabilities: filters.options,
    accepted: pins.accepted,
  }
  const linked = routes.routes.flatMap((route, index) => {
    const policiesOfRoute = attached[index]
    return policiesOfRoute ? [linkedRoute(route, policiesOfRoute, outcomes)] : []
  })
  for (const [index, { capabilities, acceptedTools, id }] of linked.entries()) {
    const message = nothingAccepted(capabilities, acceptedTools, id)
    const place = routes.routes[index]?.places.inbound
    if (message !== undefined && place) warnings.push(routesDocument.problemAt(place, message))
  }
  for (const { dpopBound, places } of server.config.dpop === true ? [] : routes.routes) {
    if (dpopBound !== true) continue
    const message = `needs DPoP: put "authorizationServer": { "dpop": true } into ${policiesFile.file}, or remove it.`
    problems.push(routesDocument.problemAt(places.dpopBound, message))
  }
  // A value that could not even be read is not judged a second time.
  const reported = new Set(problems.map(placeOf))
  problems.push(
    ...linkedRouteProblems(routesDocument, routes.routes, linked).filter(
      (found) => !reported.has(placeOf(found)),
    ),
  )

  const files = [policiesFile.file, routesFile.file, pinsFile.file]
  if (problems.length > 0) throw new ConfigFilesError(inOrder(problems, files))
  return {
    config: {
      providers: [...configured.providers.values()],
      routes: linked,
      ...server.config,
      ...gateway.config,
      ...(assertions.identityAssertions.length > 0 && { identityAssertions: assertions.identityAssertions }),
      ...(exchange.connections.length > 0 && { connections: exchange.connections }),
    },
    warnings: inOrder(warnings, files),
  }
}

function unused(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  routes: readonly DeclaredRoute[],
): FileProblem[] {
  const used = new Set(
    routes.flatMap(({ inbound, upstreams = [] }) => [
      ...inbound,
      ...upstreams.flatMap((each) => each.policies),
    ]),
  )
  return policies
    .filter(({ name }) => !used.has(name))
    .map(({ name, path }) =>
      document.problemAt([...path, 'name'], `"${name}" is attached to no route: it has no effect.`),
    )
}

function placeOf({ file, path }: FileProblem): string {
  return `${file} ${path}`
}

function inOrder(problems: readonly FileProblem[], files: readonly string[]): readonly FileProblem[] {
  return problems.toSorted(
    (first, second) =>
      files.indexOf(first.file) - files.indexOf(second.file) ||
      (first.line ?? 0) - (second.line ?? 0) ||
      (first.column ?? 0) - (second.column ?? 0),
  )
}
