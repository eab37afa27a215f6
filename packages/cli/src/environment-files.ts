import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'

import type { Environment } from '@portico/gateway'

/**
 * The environment of the process, completed by the `.env` in the configuration directory and the one beside it.
 * What is set in the process wins, then the more specific file.
 */
export function withEnvironmentFiles(
  environment: Environment,
  workingDirectory: string,
  configDirectory: string,
): Environment {
  const directory = resolve(workingDirectory, configDirectory)
  return {
    ...readEnvironment(join(directory, '..', '.env')),
    ...readEnvironment(join(directory, '.env')),
    ...environment,
  }
}

function readEnvironment(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}
