import type { UpstreamEra } from '@portico/mcp'
import { z } from 'zod'

import type { FileProblem, JsonPath } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { resolveEnvironment } from './resolve-environment.ts'
import type { Environment } from './resolve-environment.ts'
import { expects, schemaProblems } from './schema-problems.ts'

const proxyModules = new Set([
  '$import(@portico/mcp)',
  '$import(@portico/gateway)',
  '$import(@zuplo/runtime/mcp-gateway)',
  '$import(@zuplo/runtime)',
])

const routeMembers = ['corsPolicy', 'defaultScopes', 'dpopBound', 'handler', 'policies', 'scopes']

const era = z.enum(['auto', 'modern', 'legacy', 'both'], 'must be "auto", "modern", "legacy" or "both".')

const routeSchema = z.strictObject(
  {
    corsPolicy: z.string().optional(),
    handler: z.strictObject(
      {
        module: z.string(expects('"$import(@portico/mcp)"')),
        export: z.string(expects('"McpProxyHandler"')),
        options: z.strictObject(
          {
            rewritePattern: z.string(expects("the upstream MCP server's URL")).optional(),
            era: era.optional(),
            upstreams: z
              .array(
                z.strictObject(
                  {
                    prefix: z.string(expects('a short word, e.g. "linear"')),
                    rewritePattern: z.string(expects("the upstream MCP server's URL")),
                    era: era.optional(),
                    policies: z
                      .array(z.string('must be the name of a policy.'), 'must be a list of policy names.')
                      .default([]),
                  },
                  expects('an object with prefix and rewritePattern'),
                ),
                'must be a list of upstreams.',
              )
              .optional(),
            forwardSearch: z.boolean('must be true or false.').optional(),
            followRedirects: z.boolean('must be true or false.').optional(),
            mtlsCertificate: z.string('must be text.').optional(),
          },
          expects('an object with rewritePattern'),
        ),
      },
      expects('an object with module, export and options'),
    ),
    policies: z.strictObject(
      {
        inbound: z.array(z.string('must be the name of a policy.'), expects('a list of policy names')),
        outbound: z.array(z.string('must be the name of a policy.'), 'must be a list.').optional(),
      },
      expects('an object with inbound, the list of policy names'),
    ),
    scopes: z.record(z.string(), z.string('must say in words what the scope allows.')).optional(),
    defaultScopes: z.array(z.string('must be the name of a scope.'), 'must be a list of scopes.').optional(),
    dpopBound: z.boolean('must be true or false.').optional(),
  },
  expects('an object with handler and policies'),
)

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

export interface RoutesFile {
  readonly routes: readonly DeclaredRoute[]
  readonly problems: readonly FileProblem[]
  /** Things that have no effect here; nothing is refused. */
  readonly warnings: readonly FileProblem[]
}

const pathItemMembers = new Set(['summary', 'description', 'parameters', 'servers'])

/** Reads the MCP routes of an OpenAPI 3 document: operations with `x-portico-route` or `x-zuplo-route`. */
export function readRoutesFile(document: JsoncDocument, environment: Environment): RoutesFile {
  const problems: FileProblem[] = []
  const warnings: FileProblem[] = []
  const routes: DeclaredRoute[] = []
  const report = (path: JsonPath, message: string) => problems.push(document.problemAt(path, message))

  const paths = membersOf(membersOf(document.value).get('paths'))
  if (paths.size === 0)
    report(['paths'], 'must be an object with at least one MCP route, e.g. "/mcp/linear-v1".')

  for (const [routePath, pathItem] of paths) {
    const itemPath = ['paths', routePath]
    const operations = [...membersOf(pathItem)].filter(
      ([name]) => !pathItemMembers.has(name) && !name.startsWith('x-'),
    )
    if (operations.length !== 1) {
      report(itemPath, 'must have exactly one operation with all its methods, under the key "get,post".')
      continue
    }
    for (const [methods, operation] of operations) {
      const methodsMessage = methodsProblem(methods)
      if (methodsMessage) report([...itemPath, methods], methodsMessage)
      const route = readOperation(document, routePath, [...itemPath, methods], operation, environment, {
        report,
        problems,
        warnings,
      })
      if (route) routes.push(route)
    }
  }
  return { routes, problems, warnings }
}

interface Findings {
  readonly report: (path: JsonPath, message: string) => void
  readonly problems: FileProblem[]
  readonly warnings: FileProblem[]
}

function readOperation(
  document: JsoncDocument,
  routePath: string,
  path: JsonPath,
  operation: unknown,
  environment: Environment,
  { report, problems, warnings }: Findings,
): DeclaredRoute | undefined {
  const members = membersOf(operation)
  const extensions = ['x-portico-route', 'x-zuplo-route'].filter((name) => members.has(name))
  const [extension, second] = extensions
  if (extension === undefined) {
    report(path, 'has no "x-portico-route": say which upstream it leads to and which policies it has.')
    return undefined
  }
  if (second !== undefined)
    report([...path, second], `cannot be combined with "${extension}": keep one of the two.`)

  const operationId = members.get('operationId')
  if (typeof operationId !== 'string' || operationId === '') {
    report([...path, 'operationId'], 'is missing: it names the route for good, e.g. "linear-mcp-server".')
  }

  const extensionPath = [...path, extension]
  const resolved = resolveEnvironment(members.get(extension), environment, report, extensionPath)
  const parsed = routeSchema.safeParse(resolved)
  if (!parsed.success) {
    problems.push(...schemaProblems(document, extensionPath, parsed.error, routeMembers))
    return undefined
  }
  const { corsPolicy, handler, policies, scopes, defaultScopes, dpopBound } = parsed.data
  const handlerPath = [...extensionPath, 'handler']
  if (!proxyModules.has(handler.module)) {
    report(
      [...handlerPath, 'module'],
      'must be "$import(@portico/mcp)": an MCP route is served by the MCP proxy.',
    )
  }
  if (handler.export !== 'McpProxyHandler') {
    report([...handlerPath, 'export'], 'must be "McpProxyHandler": Portico serves no other kind of route.')
  }
  const rewritePattern = [...handlerPath, 'options', 'rewritePattern']
  const upstreamsPath = [...handlerPath, 'options', 'upstreams']
  const { options } = handler
  const upstreams = options.upstreams?.map(({ rewritePattern: url, era, ...upstream }, index) => {
    const place = [...upstreamsPath, index]
    return { ...upstream, url, era, places: { upstream: place, policies: [...place, 'policies'] } }
  })
  if (upstreams === undefined && options.rewritePattern === undefined) {
    report(rewritePattern, "is missing: it must be the upstream MCP server's URL.")
  }
  for (const [name, value] of Object.entries({
    rewritePattern: options.rewritePattern,
    era: options.era,
    forwardSearch: options.forwardSearch,
  })) {
    if (upstreams === undefined || value === undefined) continue
    report(
      [...handlerPath, 'options', name],
      'cannot be combined with "upstreams": remove it, or name one upstream.',
    )
  }
  checkFixedUrl(options.rewritePattern ?? '', rewritePattern, report)
  for (const { url, places } of upstreams ?? []) {
    checkFixedUrl(url, [...places.upstream, 'rewritePattern'], report)
  }
  if (handler.options.followRedirects === true) {
    report(
      [...handlerPath, 'options', 'followRedirects'],
      'cannot be true: a redirect could carry credentials elsewhere. Put the final URL into rewritePattern.',
    )
  }
  if (handler.options.mtlsCertificate !== undefined) {
    report(
      [...handlerPath, 'options', 'mtlsCertificate'],
      'is not supported: remove it, and put the URL of an egress proxy that presents the certificate into rewritePattern.',
    )
  }
  if (policies.outbound !== undefined && policies.outbound.length > 0) {
    report([...extensionPath, 'policies', 'outbound'], 'is not supported: Portico has inbound policies only.')
  }
  if (corsPolicy !== undefined && corsPolicy !== 'none') {
    warnings.push(
      document.problemAt(
        [...extensionPath, 'corsPolicy'],
        'has no effect: MCP routes answer CORS by themselves. Use "none", and name the origins of browser clients in "gateway": { "allowedOrigins": […] } of the policies file.',
      ),
    )
  }
  const textOf = (member: string) => {
    const value = members.get(member)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    path: routePath,
    operationId: typeof operationId === 'string' ? operationId : '',
    summary: textOf('summary'),
    description: textOf('description'),
    upstreamUrl: handler.options.rewritePattern ?? '',
    upstreams,
    era: handler.options.era,
    // The default of the reference, for files that were written for it.
    forwardSearch: handler.options.forwardSearch ?? extension === 'x-zuplo-route',
    scopes,
    defaultScopes,
    dpopBound,
    inbound: policies.inbound,
    places: {
      path: ['paths', routePath],
      operationId: [...path, 'operationId'],
      rewritePattern,
      inbound: [...extensionPath, 'policies', 'inbound'],
      dpopBound: [...extensionPath, 'dpopBound'],
    },
  }
}

function checkFixedUrl(url: string, place: JsonPath, report: Findings['report']): void {
  const template = /\$\{(?!env\.)[^}]*\}?/.exec(url)
  if (template) {
    report(
      place,
      `must not depend on the request: remove "${template[0]}". A token is bound to one upstream.`,
    )
  }
}

function methodsProblem(key: string): string | undefined {
  const methods = key.split(',').map((method) => method.trim())
  const unknown = methods.find((method) => !/^(?:get|post|delete|options)$/.test(method))
  if (unknown !== undefined) {
    return `names the method "${unknown}", which MCP does not use: write "get,post" in lower case.`
  }
  return methods.includes('post')
    ? undefined
    : 'must include "post": MCP messages are posted. Write "get,post".'
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}
