import { readFileSync } from 'node:fs'

import { ConfigFilesError } from '@portico/gateway'

/**
 * A text file of the operator, as every editor writes it: in UTF-8, with or without a byte order mark.
 *
 * @param shown what it is called in problems
 * @returns `undefined` where there is none
 * @throws {ConfigFilesError} when it cannot be read
 */
export function readTextFile(file: string, shown: string): string | undefined {
  const problem = (message: string, cause?: unknown) =>
    new ConfigFilesError([{ file: shown, path: '', message }], { cause })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no error code'
    if (code === 'ENOENT') return undefined
    if (error instanceof TypeError) throw problem('is not in UTF-8: save it in this encoding.', error)
    throw problem(`cannot be read (${code}): it must be a file that this user may read.`, error)
  }
}
