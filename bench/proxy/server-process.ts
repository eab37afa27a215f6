import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { getRequestListener } from '@hono/node-server'
import { createGateway } from '@portico/gateway'
import type { Gateway } from '@portico/gateway'
import { serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'
import { memoryStorage } from '@portico/storage'

import { answerParent } from '../child-process.ts'
import { authorizePath, codeForm, publicUrl, resourcePath, tokenPath } from '../flow.ts'
import { formHeaders } from '../job.ts'
import { insideGateway } from '../targets/inside-gateway.ts'
import type { Setup, Started, Usage } from './flow.ts'

// The launcher of this process is shared, and passes no such option.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

answerParent({
  async start({
    upstreamUrl,
    capabilities,
    otherRoutes = 0,
    providers = 1,
    transport,
  }: Setup): Promise<Started> {
    const gateway = createGateway({
      publicUrl,
      providers: Array.from({ length: providers }, (_, index) =>
        logto({
          providerId: `logto-${index}`,
          logtoEndpoint: `https://logto-${index}.example`,
          clientId: 'bench',
          clientSecret: 'never-used',
        }),
      ),
      routes: [
        ...Array.from({ length: otherRoutes }, (_, index) => ({
          path: `/mcp/other-${index}`,
          id: `other-${index}`,
          upstream: { url: upstreamUrl },
        })),
        {
          path: resourcePath,
          id: 'bench',
          upstream: { url: upstreamUrl },
          ...(capabilities && { capabilities }),
        },
      ],
      storage: memoryStorage(),
      keys: [randomBytes(32).toString('base64url')],
      limits: { streamsPerSubject: 100_000 },
      // Nobody signs in so often from one address.
      rateLimits: { authorization: false },
    })
    const { post, register, issueCode } = await insideGateway(gateway)
    const clientId = await register()
    const form = codeForm(clientId, await issueCode(clientId, 'user-1'))
    const { access_token: token = '' } = await post(tokenPath, formHeaders, form)
    return { port: await listen(gateway, transport), token, authorizePath: authorizePath(clientId) }
  },
  usage(): Usage {
    const { user, system } = process.cpuUsage()
    collectGarbage()
    const { heapUsed, rss } = process.memoryUsage()
    return { cpu: user + system, heapUsed, rss }
  },
})

async function listen(gateway: Gateway, transport: Setup['transport']): Promise<number> {
  if (transport === 'node') {
    return (await serve(gateway, { port: 0, hosts: ['127.0.0.1'], drainSeconds: 0 })).port
  }
  const listener = getRequestListener((request) => gateway.fetch(request), { overrideGlobalObjects: false })
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}
