import { StorageUnavailableError } from '@portico/storage'

import { StartError } from './start-error.ts'

/** A value that the keyring cannot open, or a storage that went away, in words for the operator. */
export function startProblem(error: unknown): StartError | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name !== 'SealError' && !(error instanceof StorageUnavailableError)) return undefined
  const setting = error.name === 'SealError' ? 'PORTICO_KEYS' : 'PORTICO_STORAGE'
  return new StartError([{ setting, message: error.message }], { cause: error })
}
