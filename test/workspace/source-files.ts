import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { workspaceRoot, type WorkspacePackage } from '../../scripts/workspace-packages.ts'

export interface SourceFile {
  /** Relative to the workspace root. */
  readonly path: string
  readonly text: string
  /** What the file imports or re-exports from, as written. */
  readonly imports: readonly string[]
}

const importPatterns = [
  /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'/gm,
  /^import '([^']+)'/gm,
  /(?<![\w.'"`])import\('([^']+)'\)/g,
]

/** The TypeScript files of a package below one of its directories. */
export function sourceFiles(candidate: WorkspacePackage, directory = 'src'): SourceFile[] {
  return globSync(`${directory}/**/*.ts`, { cwd: candidate.directory })
    .map((file) => join(candidate.path, file))
    .sort()
    .map(readSourceFile)
}

/** The package that a bare specifier belongs to, or undefined for relative, `#` and built-in ones. */
export function packageOf(specifier: string): string | undefined {
  if (/^[.#]/.test(specifier) || isRuntimeModule(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Modules that only one runtime has. */
export function isRuntimeModule(specifier: string): boolean {
  return /^(node|bun|cloudflare|workerd|deno|jsr|npm):|^bun$|^https?:/.test(specifier)
}

/**
 * The files that an import of the package loads where no runtime is known: from every entry but those named after a
 * runtime, through relative imports and the default branch of `#` imports.
 */
export function portableFiles(candidate: WorkspacePackage): SourceFile[] {
  const manifest = candidate.manifest
  const entries = Object.entries(manifest.exports ?? {})
    .filter(([subpath]) => !/\/(node|bun|deno|workers|package\.json)$/.test(subpath))
    .flatMap(([, target]) => (typeof target === 'string' ? [] : [target['@portico/source']]))
  const waiting = entries.filter((entry) => entry !== undefined).map((entry) => join(candidate.path, entry))
  const found = new Map<string, SourceFile>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path) || !existsSync(join(workspaceRoot, path))) continue
    const file = readSourceFile(path)
    found.set(path, file)
    for (const specifier of file.imports) {
      if (specifier.startsWith('.')) waiting.push(join(dirname(path), specifier))
      else if (specifier.startsWith('#'))
        waiting.push(join(candidate.path, defaultImport(manifest.imports?.[specifier])))
    }
  }
  return [...found.values()]
}

/** The source file of the `default` branch of a subpath import. */
function defaultImport(target: unknown): string {
  if (typeof target === 'string') return target
  const conditions = (target ?? {}) as Record<string, unknown>
  return defaultImport(conditions['@portico/source'] ?? conditions['default'] ?? '')
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(workspaceRoot, path), 'utf8')
  const imports = importPatterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, name = '']) => name),
  )
  return { path: relative('.', path), text, imports: [...new Set(imports)] }
}
