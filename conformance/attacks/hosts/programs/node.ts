import { serve } from '@portico/gateway/node'

import { agentTo } from '../agent-to.ts'
import { serveControl } from './serve-control.ts'

await serveControl(async (gateway, { trustedProxies, surroundings }) => {
  const dispatcher = agentTo(surroundings)
  const options = { port: 0, hosts: ['127.0.0.1'], trustedProxies, dispatcher, drainSeconds: 0 }
  const { port, close } = await serve(gateway, options)
  return { port, close: () => close().then(() => dispatcher.destroy()) }
})
