import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { ConfigFile, ConfigFiles } from '@portico/gateway'

/** Reads both configuration files of a directory. */
export function readConfigFiles(directory: URL): Pick<ConfigFiles, 'policies' | 'routes'> {
  const read = (name: string): ConfigFile => {
    const url = new URL(name, directory)
    return { file: relative(process.cwd(), fileURLToPath(url)), text: readFileSync(url, 'utf8') }
  }
  return { policies: read('policies.json'), routes: read('routes.oas.json') }
}
