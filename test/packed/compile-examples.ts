import { join } from 'node:path'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'
import type { CodeExample } from './code-examples.ts'
import type { EmptyProject } from './empty-project.ts'

const compilerOptions = {
  target: 'es2023',
  lib: ['es2024', 'webworker'],
  module: 'nodenext',
  types: ['node'],
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
}

/** Compiles examples against what is installed in a project; returns the compiler's complaints by page and line. */
export async function compileExamples(
  project: EmptyProject,
  examples: readonly CodeExample[],
): Promise<string[]> {
  for (const [index, { given, code }] of examples.entries()) {
    project.write(`test/example-${index}.ts`, `${given.replaceAll('\n', ' ')}\n${code}\nexport {}\n`)
  }
  project.write('src/index.ts', moduleOfTheReader(examples))
  project.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['test'] }))
  const output = await project.run(join(workspaceRoot, 'node_modules/.bin/tsc'), []).catch(String)
  return output
    .split('\n')
    .filter((line) => line.includes('error TS'))
    .map((line) =>
      line.replace(/^test\/example-(\d+)\.ts\((\d+),\d+\)/, (_all, index: string, lineOfFile: string) => {
        const example = examples[Number(index)]
        return `${example?.page}:${Number(example?.line) + Number(lineOfFile) - 2}`
      }),
    )
}

/** Guides for authors of packages import what the reader is writing, from `../src/index.ts`. */
function moduleOfTheReader(examples: readonly CodeExample[]): string {
  const imported = examples.flatMap(({ code }) =>
    [...code.matchAll(/^import \{([^}]+)\} from '\.\.\/src\/index\.ts'$/gm)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim()),
    ),
  )
  return [...new Set(imported)].map((name) => `export declare const ${name}: any\n`).join('')
}
