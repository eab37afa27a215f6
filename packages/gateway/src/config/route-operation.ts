import type { UpstreamEra } from '@portico/mcp'
import type { z } from 'zod'

import type { JsonPath } from './file-problem.ts'
import { membersOf } from './members-of.ts'
import { resolveEnvironment } from './resolve-environment.ts'
import type { Environment } from './resolve-environment.ts'
import { type RouteExtension, routeMembers, routeSchema } from './route-schema.ts'

const proxyModules = new Set([
  '$import(@portico/mcp)',
  '$import(@portico/gateway)',
  '$import(@zuplo/runtime/mcp-gateway)',
  '$import(@zuplo/runtime)',
])

/** One MCP route of the OpenAPI file, its variables resolved, not yet judged beside the others. */
export interface DeclaredRoute {
  readonly path: string
  readonly operationId: string
  readonly summary: string | undefined
  readonly description: string | undefined
  /** Empty where there are several. */
  readonly upstreamUrl: string
  readonly upstreams: readonly DeclaredUpstream[] | undefined
  readonly forwardSearch: boolean
  readonly era: UpstreamEra | undefined
  readonly scopes: Readonly<Record<string, string>> | undefined
  readonly defaultScopes: readonly string[] | undefined
  readonly dpopBound: boolean | undefined
  readonly inbound: readonly string[]
  /** Where the pieces stand in the file. */
  readonly places: {
    readonly path: JsonPath
    readonly operationId: JsonPath
    readonly rewritePattern: JsonPath
    readonly inbound: JsonPath
    readonly dpopBound: JsonPath
  }
}

/** One of several upstreams of a route. */
export interface DeclaredUpstream {
  readonly prefix: string
  readonly url: string
  readonly era: UpstreamEra | undefined
  readonly policies: readonly string[]
  readonly places: { readonly upstream: JsonPath; readonly policies: JsonPath }
}

/** Takes what is found wrong, or without effect, at a place of the file. */
export interface OperationReport {
  readonly problem: (place: JsonPath, message: string) => void
  readonly warning: (place: JsonPath, message: string) => void
  /** What the schema found wrong with the value at a place. */
  readonly misfit: (place: JsonPath, error: z.ZodError, knownMembers: readonly string[]) => void
}

/**
 * Reads one operation with `x-portico-route` or `x-zuplo-route`.
 *
 * @param path where the operation stands in the file
 * @returns `undefined`, after a report, for one that says nothing usable
 */
export function readOperation(
  routePath: string,
  path: JsonPath,
  operation: unknown,
  environment: Environment,
  report: OperationReport,
): DeclaredRoute | undefined {
  const members = membersOf(operation)
  const extension = extensionOf(members, path, report)
  if (extension === undefined) return undefined
  const operationId = members.get('operationId')
  if (typeof operationId !== 'string' || operationId === '') {
    report.problem(
      [...path, 'operationId'],
      'is missing: it names the route for good, e.g. "linear-mcp-server".',
    )
  }

  const extensionPath = [...path, extension]
  const resolved = resolveEnvironment(members.get(extension), environment, report.problem, extensionPath)
  const parsed = routeSchema.safeParse(resolved)
  if (!parsed.success) {
    report.misfit(extensionPath, parsed.error, routeMembers)
    return undefined
  }
  const { handler, policies, scopes, defaultScopes, dpopBound } = parsed.data
  const { options } = handler
  const optionsPath = [...extensionPath, 'handler', 'options']
  const upstreams = options.upstreams?.map(({ rewritePattern: url, era, ...upstream }, index) => {
    const place = [...optionsPath, 'upstreams', index]
    return { ...upstream, url, era, places: { upstream: place, policies: [...place, 'policies'] } }
  })
  checkHandler(handler, [...extensionPath, 'handler'], report)
  checkUpstreams(options, upstreams, optionsPath, report)
  checkUnsupported(parsed.data, extensionPath, report)

  const textOf = (member: string) => {
    const value = members.get(member)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    path: routePath,
    operationId: typeof operationId === 'string' ? operationId : '',
    summary: textOf('summary'),
    description: textOf('description'),
    upstreamUrl: options.rewritePattern ?? '',
    upstreams,
    era: options.era,
    // The default of the reference, for files that were written for it.
    forwardSearch: options.forwardSearch ?? extension === 'x-zuplo-route',
    scopes,
    defaultScopes,
    dpopBound,
    inbound: policies.inbound,
    places: {
      path: ['paths', routePath],
      operationId: [...path, 'operationId'],
      rewritePattern: [...optionsPath, 'rewritePattern'],
      inbound: [...extensionPath, 'policies', 'inbound'],
      dpopBound: [...extensionPath, 'dpopBound'],
    },
  }
}

function extensionOf(
  members: ReadonlyMap<string, unknown>,
  path: JsonPath,
  report: OperationReport,
): string | undefined {
  const [extension, second] = ['x-portico-route', 'x-zuplo-route'].filter((name) => members.has(name))
  if (extension === undefined) {
    report.problem(
      path,
      'has no "x-portico-route": say which upstream it leads to and which policies it has.',
    )
  }
  if (second !== undefined) {
    report.problem([...path, second], `cannot be combined with "${extension}": keep one of the two.`)
  }
  return extension
}

type HandlerOptions = RouteExtension['handler']['options']

function checkHandler(handler: RouteExtension['handler'], path: JsonPath, report: OperationReport): void {
  if (!proxyModules.has(handler.module)) {
    report.problem(
      [...path, 'module'],
      'must be "$import(@portico/mcp)": an MCP route is served by the MCP proxy.',
    )
  }
  if (handler.export !== 'McpProxyHandler') {
    report.problem([...path, 'export'], 'must be "McpProxyHandler": Portico serves no other kind of route.')
  }
}

/** One upstream, or several that have what else could be said of one. */
function checkUpstreams(
  { rewritePattern, era, forwardSearch }: HandlerOptions,
  upstreams: readonly DeclaredUpstream[] | undefined,
  path: JsonPath,
  report: OperationReport,
): void {
  const place = [...path, 'rewritePattern']
  if (upstreams === undefined && rewritePattern === undefined) {
    report.problem(place, "is missing: it must be the upstream MCP server's URL.")
  }
  for (const [name, value] of Object.entries({ rewritePattern, era, forwardSearch })) {
    if (upstreams === undefined || value === undefined) continue
    report.problem([...path, name], 'cannot be combined with "upstreams": remove it, or name one upstream.')
  }
  checkFixedUrl(rewritePattern ?? '', place, report)
  for (const { url, places } of upstreams ?? []) {
    checkFixedUrl(url, [...places.upstream, 'rewritePattern'], report)
  }
}

function checkFixedUrl(url: string, place: JsonPath, report: OperationReport): void {
  const template = /\$\{(?!env\.)[^}]*\}?/.exec(url)
  if (template) {
    report.problem(
      place,
      `must not depend on the request: remove "${template[0]}". A token is bound to one upstream.`,
    )
  }
}

/** What files for the reference may say, and means nothing or something dangerous here. */
function checkUnsupported(
  { corsPolicy, handler: { options }, policies }: RouteExtension,
  path: JsonPath,
  report: OperationReport,
): void {
  if (options.followRedirects === true) {
    report.problem(
      [...path, 'handler', 'options', 'followRedirects'],
      'cannot be true: a redirect could carry credentials elsewhere. Put the final URL into rewritePattern.',
    )
  }
  if (options.mtlsCertificate !== undefined) {
    report.problem(
      [...path, 'handler', 'options', 'mtlsCertificate'],
      'is not supported: remove it, and put the URL of an egress proxy that presents the certificate into rewritePattern.',
    )
  }
  if (policies.outbound !== undefined && policies.outbound.length > 0) {
    report.problem([...path, 'policies', 'outbound'], 'is not supported: Portico has inbound policies only.')
  }
  if (corsPolicy !== undefined && corsPolicy !== 'none') {
    report.warning(
      [...path, 'corsPolicy'],
      'has no effect: MCP routes answer CORS by themselves. Use "none", and name the origins of browser clients in "gateway": { "allowedOrigins": […] } of the policies file.',
    )
  }
}
