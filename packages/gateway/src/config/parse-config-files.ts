import type { ServerSettings } from '../gateway-config.ts'
import type { GatewayRoute } from '../gateway-route.ts'
import { readAssertionPolicies } from './assertion-policies.ts'
import { attachPolicies } from './attached-policies.ts'
import { readCapabilityPolicies } from './capability-policies.ts'
import { configuredProviders } from './configured-providers.ts'
import { readExchangePolicies } from './exchange-policies.ts'
import { ConfigFilesError } from './file-problem.ts'
import type { FileProblem } from './file-problem.ts'
import { gatewayBlockProblems } from './gateway-blocks.ts'
import { readGatewaySettings } from './gateway-settings-block.ts'
import { readHeaderPolicies } from './header-policies.ts'
import { parseJsonc } from './jsonc-document.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { linkedRoute, linkedRouteProblems } from './linked-routes.ts'
import { membershipClaims } from './membership-claims.ts'
import type { ConfigFiles, ParsedConfig } from './parse-config.ts'
import { readPinsFile } from './pins-file.ts'
import { readPoliciesFile } from './policies-file.ts'
import type { DeclaredPolicy } from './policies-file.ts'
import type { DeclaredRoute } from './route-operation.ts'
import { readRoutesFile } from './routes-file.ts'
import { readServerSettings } from './server-settings.ts'

/**
 * What {@link ConfigFiles} amount to: each file is read by itself, then what policies mean where they are attached.
 *
 * @throws {ConfigFilesError} with every mistake in all files, in the order in which they stand there
 */
export async function parseConfigFiles(files: ConfigFiles): Promise<ParsedConfig> {
  const { environment, importModule, fetch, providerIds = [], development = false } = files
  const { policies: policiesDocument, routes: routesDocument, pins: pinsDocument } = parseDocuments(files)

  const policiesFile = readPoliciesFile(policiesDocument, environment, providerIds)
  const policies = [...policiesFile.policies.values()]
  const server = readServerSettings(policiesDocument, environment)
  const gateway = readGatewaySettings(policiesDocument, environment)
  const routesFile = readRoutesFile(routesDocument, environment)
  const routeIds = routesFile.routes.map(({ operationId }) => operationId)
  const pins = readPinsFile(pinsDocument, routeIds)

  const membership = membershipClaims(policiesDocument, policiesFile.policies, routesFile.routes)
  const sources = { importModule, providerIds, development, fetch, claims: membership.claims }
  const configured = await configuredProviders(policiesDocument, policies, sources)
  const { providers } = configured
  const headers = readHeaderPolicies(policiesDocument, policies)
  const attached = attachPolicies(routesDocument, routesFile.routes, policiesFile, headers.changes)

  // What these say depends on the routes that they are attached to.
  const statedElsewhere = server.config.identityAssertions !== undefined
  const assertions = readAssertionPolicies(
    policiesDocument,
    policies,
    providers,
    attached.routes,
    statedElsewhere,
  )
  const exchange = readExchangePolicies(policiesDocument, policies, attached.routes)
  const filters = readCapabilityPolicies(policiesDocument, policies, attached.routes)

  const outcomes = {
    providerIds: new Map([...providers].map(([policy, { id }]) => [policy, id])),
    connectionIds: exchange.connectionIds,
    capabilities: filters.options,
    accepted: pins.accepted,
  }
  const routes = attached.routes.map((route) => linkedRoute(route, outcomes))

  const parts = [server, gateway, policiesFile, routesFile, configured, membership, headers, attached]
  const found = [
    ...gatewayBlockProblems(policiesDocument, policies, providers),
    ...[...parts, assertions, exchange, filters, pins].flatMap(({ problems }) => problems),
    ...dpopProblems(routesDocument, routesFile.routes, server.config, files.policies.file),
  ]
  // A value that could not even be read is not judged a second time.
  const reported = new Set(found.map(placeOf))
  const linkProblems = linkedRouteProblems(routesDocument, routesFile.routes, routes)
  const problems = [...found, ...linkProblems.filter((problem) => !reported.has(placeOf(problem)))]
  const order = [policiesDocument, routesDocument, pinsDocument].map(({ file }) => file)
  if (problems.length > 0) throw new ConfigFilesError(inOrder(problems, order))

  const warnings = [
    ...[routesFile, configured].flatMap((part) => part.warnings),
    ...unused(policiesDocument, policies, routesFile.routes),
    ...[headers, exchange, pins].flatMap((part) => part.warnings),
    ...nothingAccepted(routesDocument, routesFile.routes, routes),
  ]
  return {
    config: {
      providers: [...providers.values()],
      routes,
      ...server.config,
      ...gateway.config,
      ...(assertions.identityAssertions.length > 0 && { identityAssertions: assertions.identityAssertions }),
      ...(exchange.connections.length > 0 && { connections: exchange.connections }),
    },
    warnings: inOrder(warnings, order),
  }
}

/** @throws {ConfigFilesError} when one of the texts is no JSON: nothing else in it can be judged then */
function parseDocuments({ policies, routes, pins = { file: 'pins.json', text: '{}' } }: ConfigFiles) {
  const documents = { policies: parseJsonc(policies), routes: parseJsonc(routes), pins: parseJsonc(pins) }
  const notation = Object.values(documents).flatMap(({ problems }) => problems)
  if (notation.length > 0) throw new ConfigFilesError(notation)
  return documents
}

function dpopProblems(
  document: JsoncDocument,
  routes: readonly DeclaredRoute[],
  { dpop }: ServerSettings,
  policiesFile: string,
): readonly FileProblem[] {
  if (dpop === true) return []
  const message = `needs DPoP: put "authorizationServer": { "dpop": true } into ${policiesFile}, or remove it.`
  return routes.flatMap(({ dpopBound, places }) =>
    dpopBound === true ? [document.problemAt(places.dpopBound, message)] : [],
  )
}

/** Routes that pin their tools, and have accepted none: they would report, hide or refuse every one of them. */
function nothingAccepted(
  document: JsoncDocument,
  declared: readonly DeclaredRoute[],
  routes: readonly GatewayRoute[],
): readonly FileProblem[] {
  return routes.flatMap(({ id, capabilities, acceptedTools }, index) => {
    const place = declared[index]?.places.inbound
    if (!place || capabilities?.pinning === undefined || acceptedTools !== undefined) return []
    const message = `pins the tools of "${id}", of which none has been accepted: run "portico pin accept ${id}".`
    return [document.problemAt(place, message)]
  })
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
