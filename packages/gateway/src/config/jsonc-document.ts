import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'

import { formatJsonPath } from './file-problem.ts'
import type { FileProblem, JsonPath } from './file-problem.ts'

/** A text with the name under which its problems are reported. */
export interface ConfigFile {
  /** As the reader knows it, e.g. `config/policies.json`. */
  readonly file: string
  readonly text: string
}

/** A parsed JSON file (comments and trailing commas allowed) that can say where each of its members stands. */
export interface JsoncDocument {
  /** As the reader knows it. */
  readonly file: string
  readonly value: unknown
  /** Mistakes of the notation itself: syntax, and members that stand there twice. */
  readonly problems: readonly FileProblem[]
  /** A problem at `path`, or at its nearest ancestor when there is no such member. */
  problemAt(path: JsonPath, message: string): FileProblem
}

const options = { allowTrailingComma: true, disallowComments: false, allowEmptyContent: false }

export function parseJsonc({ file, text: saved }: ConfigFile): JsoncDocument {
  // RFC 8259 §8.1: some editors write a byte order mark.
  const text = saved.replace(/^\uFEFF/, '')
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, options)
  const at = (offset: number) => positionOf(text, offset)

  const problemAt = (path: JsonPath, message: string): FileProblem => ({
    file,
    ...(tree && at(nearestNode(tree, path).offset)),
    path: formatJsonPath(path),
    message,
  })

  const syntaxProblems = errors.map(({ error, offset }) => ({
    file,
    ...at(offset),
    path: '',
    message: `is not valid JSON: ${words(printParseErrorCode(error))}. Correct the notation here.`,
  }))
  return {
    file,
    value: tree && (getNodeValue(tree) as unknown),
    // After a syntax error the tree is a guess: nothing else in it is worth reporting.
    problems: syntaxProblems.length > 0 || !tree ? syntaxProblems : repeatedMembers(tree, problemAt),
    problemAt,
  }
}

/** JSON parsers silently keep the last of two equal members, so a copied route would replace its original. */
function repeatedMembers(
  node: Node,
  problemAt: JsoncDocument['problemAt'],
  path: JsonPath = [],
): FileProblem[] {
  if (node.type === 'array') {
    return (node.children ?? []).flatMap((child, index) =>
      repeatedMembers(child, problemAt, [...path, index]),
    )
  }
  if (node.type !== 'object') return []
  const seen = new Set<string>()
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? []
    const name = String(key?.value)
    const repeated = seen.has(name)
    seen.add(name)
    return [
      ...(repeated
        ? [problemAt([...path, name], 'is declared twice: rename or remove one of the two.')]
        : []),
      ...(value ? repeatedMembers(value, problemAt, [...path, name]) : []),
    ]
  })
}

function nearestNode(tree: Node, path: JsonPath): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length))
    if (node) return node.parent?.type === 'property' ? node.parent : node
  }
  return tree
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** `CommaExpected` → `comma expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}
