import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { promisify } from 'node:util'

import { issuerFetch } from './issuer-fetch.ts'
import type { Ranges } from './package-template.ts'
import type { Host } from './run-command.ts'

type Dependencies = Readonly<Record<string, string>>

const manifest = createRequire(import.meta.url)('../package.json') as {
  readonly dependencies: Dependencies
  readonly devDependencies: Dependencies
}

/** The published manifest has ranges; in a clone of the repository the newest release is meant. */
function rangeOf(name: keyof Ranges): string {
  const range = manifest.dependencies[name] ?? manifest.devDependencies[name] ?? 'latest'
  return /^(workspace|catalog):/.test(range) ? 'latest' : range
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

/** The process that a command runs in. */
export function processHost(): Host {
  const directory = process.cwd()
  return {
    directory,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    ask: process.stdin.isTTY && process.stdout.isTTY ? ask : undefined,
    fetch: issuerFetch,
    ranges: {
      '@portico/provider': rangeOf('@portico/provider'),
      '@portico/testkit': rangeOf('@portico/testkit'),
      vitest: rangeOf('vitest'),
      zod: rangeOf('zod'),
    },
    async format(folder) {
      await promisify(execFile)(join(directory, 'node_modules/.bin/oxfmt'), [folder], { cwd: directory })
    },
  }
}
