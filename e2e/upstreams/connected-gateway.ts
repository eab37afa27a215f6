import type { GatewayOptions } from '@portico/gateway'
import { onTestFinished } from 'vitest'

import type { AuthorizationServerOptions } from './authorization-server.ts'
import type { OfficialServer } from './mcp-servers.ts'
import { publicUrl } from './names.ts'
import { openGateway } from './open-gateway.ts'
import { startProtectedUpstream } from './protected-upstream.ts'
import { connectUpstream, createWorld, routesTo, startIdentityProvider } from './world.ts'

/** A gateway with the route `/mcp/notes` in front of one official server, which the user of `browser` has connected. */
export async function startConnectedGateway(
  server: OfficialServer,
  registration: AuthorizationServerOptions['registration'],
  options: Pick<GatewayOptions, 'limits'> = {},
) {
  const world = createWorld()
  const upstream = await startProtectedUpstream(world, 'notes', server.listener, { registration })
  const gateway = await openGateway({
    signIn: await startIdentityProvider(),
    names: world.names,
    storage: { sqlite: ':memory:' },
    ...routesTo({ notes: upstream.url }),
    ...options,
  })
  onTestFinished(() => gateway.close())
  world.names[publicUrl] = `http://127.0.0.1:${gateway.port}`
  const browser = world.createBrowser()
  await connectUpstream(browser, 'notes')
  return { world, upstream, browser }
}
