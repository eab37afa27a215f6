import { connect } from 'node:net'

import { Agent } from 'undici'

/** Brings requests to any origin to one of this machine, over plain http. */
export function agentTo(origin: string): Agent {
  const { port, hostname } = new URL(origin)
  return new Agent({
    connect: (_options, callback) => {
      const socket = connect(Number(port), hostname)
      socket.once('connect', () => callback(null, socket)).once('error', (error) => callback(error, null))
    },
  })
}
