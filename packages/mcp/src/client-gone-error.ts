/** The client has gone before all of its request was there: nobody waits for an answer, and nothing has failed here. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError'

  constructor(cause?: unknown) {
    super('the client has gone', { cause })
  }
}
