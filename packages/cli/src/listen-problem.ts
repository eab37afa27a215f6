import { StartError } from './start-error.ts'

const taken: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this user',
  EADDRINUSE: 'is used by another program',
}
const absent = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND'])

/**
 * Why nothing can listen there, in words for the operator.
 *
 * @returns `undefined` for an error that is about something else
 */
export function listenProblem(
  error: unknown,
  setting: 'PORTICO_PORT' | 'PORTICO_ADMIN_PORT',
  port: number,
): StartError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const isGateway = setting === 'PORTICO_PORT'
  const why = taken[code]
  if (why !== undefined) {
    const message = `port ${port} ${why}: choose another one${isGateway ? ', here or with --port' : ''}.`
    return new StartError([{ setting, message }], { cause: error })
  }
  if (!absent.has(code)) return undefined
  const message = `is no address of this machine (${code}). Use "127.0.0.1", or "0.0.0.0" for the whole network.`
  return new StartError([{ setting: isGateway ? '--host' : 'PORTICO_ADMIN_HOST', message }], { cause: error })
}
