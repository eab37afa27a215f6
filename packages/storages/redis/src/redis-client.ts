/** The part of a client that is used: `createClient()` of redis has it, others need one line (see the README). */
export interface RedisClient {
  /** Sends a command, e.g. `['HGET', 'key', 'field']`, and gives the server's answer: strings, numbers, null, arrays. */
  sendCommand(command: string[]): Promise<unknown>
}
