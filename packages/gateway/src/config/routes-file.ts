import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { membersOf } from './members-of.ts'
import type { Environment } from './resolve-environment.ts'
import { type DeclaredRoute, type OperationReport, readOperation } from './route-operation.ts'
import { schemaProblems } from './schema-problems.ts'

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
  const report: OperationReport = {
    problem: (path, message) => problems.push(document.problemAt(path, message)),
    warning: (path, message) => warnings.push(document.problemAt(path, message)),
    misfit: (path, error, known) => problems.push(...schemaProblems(document, path, error, known)),
  }

  const paths = membersOf(membersOf(document.value).get('paths'))
  if (paths.size === 0)
    report.problem(['paths'], 'must be an object with at least one MCP route, e.g. "/mcp/linear-v1".')

  for (const [routePath, pathItem] of paths) {
    const itemPath = ['paths', routePath]
    const operations = [...membersOf(pathItem)].filter(
      ([name]) => !pathItemMembers.has(name) && !name.startsWith('x-'),
    )
    if (operations.length !== 1) {
      report.problem(
        itemPath,
        'must have exactly one operation with all its methods, under the key "get,post".',
      )
      continue
    }
    for (const [methods, operation] of operations) {
      const methodsMessage = methodsProblem(methods)
      if (methodsMessage) report.problem([...itemPath, methods], methodsMessage)
      const route = readOperation(routePath, [...itemPath, methods], operation, environment, report)
      if (route) routes.push(route)
    }
  }
  return { routes, problems, warnings }
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
