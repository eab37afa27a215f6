/** The connection to the upstream failed, as opposed to anything of ours. `cause` says how. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'

  constructor(cause: unknown) {
    super('the connection to the upstream failed', { cause })
  }
}

/** For `catch`: whatever ended a request to the upstream ended its connection. */
export function asConnectionError(cause: unknown): never {
  throw new ConnectionError(cause)
}
