import { StartError } from './start-error.ts'

/** @returns `undefined` for an error that is about something else */
export function portTaken(error: unknown, setting: string, port: number): StartError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return undefined
  const why = code === 'EACCES' ? 'may not be used by this user' : 'is used by another program'
  const where = setting === 'PORTICO_PORT' ? ', here or with --port' : ''
  return new StartError([{ setting, message: `port ${port} ${why}: choose another one${where}.` }], {
    cause: error,
  })
}
