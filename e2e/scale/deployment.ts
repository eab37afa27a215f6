import { createScriptedBrowser, createScriptedMcpClient, type Fetch } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'

import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { flowHeader, type RoundRobin, startRoundRobin } from './round-robin.ts'
import type { Surroundings } from './surroundings.ts'

/** Several gateway processes on one storage, behind one address. */
export interface Deployment {
  readonly origin: string
  /** URL of the one MCP route. */
  readonly url: string
  readonly balancer: RoundRobin
  readonly gateways: readonly GatewayProcess[]
  /** Another gateway on the same storage; it gets requests at once. */
  readonly add: () => Promise<GatewayProcess>
  /** Kills one of them, with whatever it is doing. */
  readonly kill: (gateway: GatewayProcess) => Promise<void>
  readonly close: () => Promise<void>
}

export interface DeploymentOptions {
  /** As `PORTICO_STORAGE`. */
  readonly storage: string
  readonly count?: number
}

const keys = '7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'

export async function startDeployment(
  { command, configDirectory, environment }: Surroundings,
  { storage, count = 3 }: DeploymentOptions,
): Promise<Deployment> {
  const balancer = await startRoundRobin()
  let gateways: readonly GatewayProcess[] = []
  const use = (next: readonly GatewayProcess[]): void => {
    gateways = next
    balancer.gateways = next.map(({ origin }) => origin)
  }
  const settings = {
    ...environment,
    PORTICO_PUBLIC_URL: balancer.origin,
    PORTICO_STORAGE: storage,
    PORTICO_KEYS: keys,
  }
  const deployment: Deployment = {
    origin: balancer.origin,
    url: `${balancer.origin}/mcp/demo`,
    balancer,
    get gateways() {
      return gateways
    },
    async add() {
      const gateway = await startGatewayProcess({ command, configDirectory, environment: settings })
      use([...gateways, gateway])
      return gateway
    },
    async kill(gateway) {
      const ended = gateway.stop('SIGKILL')
      use(gateways.filter((other) => other !== gateway))
      await ended
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.stop('SIGKILL')))
      await balancer.close()
    },
  }
  try {
    await Promise.all(Array.from({ length: count }, () => deployment.add()))
  } catch (error) {
    await deployment.close()
    throw error
  }
  return deployment
}

const redirectUri = 'http://127.0.0.1:33418/callback'

/** A browser and an MCP client whose requests are one flow to the load balancer. */
export function createFlow(name: string, send: Fetch = nodeFetch) {
  const fetch: Fetch = (request) => {
    request.headers.set(flowHeader, name)
    return send(request)
  }
  const browser = createScriptedBrowser({ fetch, stopAt: [redirectUri] })
  return { browser, client: createScriptedMcpClient({ fetch, browser, redirectUri }) }
}
