/** The connection to the upstream failed, as opposed to anything of ours. `cause` says how. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'

  constructor(cause: unknown) {
    super('the connection to the upstream failed', { cause })
  }
}
