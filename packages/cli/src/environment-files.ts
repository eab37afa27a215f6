import { join, relative, resolve } from 'node:path'
import { parseEnv } from 'node:util'

import type { Environment } from '@portico/gateway'

import { readTextFile } from './read-text-file.ts'

/**
 * The environment of the process, completed by the `.env` in the configuration directory and the one beside it.
 * What is set in the process wins, then the more specific file.
 *
 * @throws {ConfigFilesError} when one of them cannot be read
 */
export function withEnvironmentFiles(
  environment: Environment,
  workingDirectory: string,
  configDirectory: string,
): Environment {
  const directory = resolve(workingDirectory, configDirectory)
  const read = (file: string) => parseEnv(readTextFile(file, relative(workingDirectory, file)) ?? '')
  return {
    ...read(join(directory, '..', '.env')),
    ...read(join(directory, '.env')),
    ...environment,
  }
}
