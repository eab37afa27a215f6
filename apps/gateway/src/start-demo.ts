import { createDevIdp, type DevIdp } from '@portico/dev-idp'

import type { DemoFiles } from './demo-files.ts'
import { startGateway, type StartGatewayOptions } from './start-gateway.ts'
import { startDemoUpstream, startNotesUpstream, type Upstream } from './upstreams/start-upstream.ts'

/** The ports of the four servers; 0 takes any free one. */
export interface DemoPorts {
  readonly gateway: number
  readonly idp: number
  readonly demo: number
  readonly notes: number
}

/** The documented ports. */
export const defaultPorts: DemoPorts = { gateway: 9000, idp: 9001, demo: 9002, notes: 9003 }

/** Any free ports. */
export const freePorts: DemoPorts = { gateway: 0, idp: 0, demo: 0, notes: 0 }

/** Everything that a demo consists of, running. */
export interface RunningDemo {
  /** The gateway's origin, e.g. `http://127.0.0.1:9000`. */
  readonly origin: string
  readonly idp: DevIdp
  readonly demo: Upstream
  readonly notes: Upstream
  /** Stops the gateway and starts it again from its files, on the same port. */
  restartGateway(): Promise<void>
  close(): Promise<void>
}

/** A port of the demo is in use by another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
  readonly port: number

  constructor(server: keyof DemoPorts, port: number, options: ErrorOptions) {
    const message = `Port ${port} is taken, and the demo needs it for ${description[server]}. Stop the program that uses it, or choose other ports: npx pnpm@12 demo --ports free`
    super(message, options)
    this.port = port
  }
}

const description: Readonly<Record<keyof DemoPorts, string>> = {
  gateway: 'the gateway',
  idp: 'the identity provider',
  demo: 'the demo MCP server',
  notes: 'the notes MCP server',
}

/** Where the demo keeps its records, and optionally another configuration with the same variables. */
export type DemoOptions = DemoFiles & Pick<StartGatewayOptions, 'configDirectory'>

const clientId = 'portico'
const clientSecret = 'portico-development-secret'

/**
 * Starts the identity provider, both MCP servers and the gateway in front of them.
 *
 * @throws {PortTakenError} after everything that was started has been stopped
 */
export async function startDemo(ports: DemoPorts, options: DemoOptions): Promise<RunningDemo> {
  const running: { close(): Promise<void> }[] = []
  const closeAll = async (): Promise<void> => {
    for (const server of running.splice(0).toReversed()) await server.close()
  }

  async function start<Server extends { close(): Promise<void> }>(
    name: keyof DemoPorts,
    create: (port: number) => Promise<Server>,
  ): Promise<Server> {
    try {
      const server = await create(ports[name])
      running.push(server)
      return server
    } catch (error) {
      await closeAll()
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      throw isTaken ? new PortTakenError(name, ports[name], { cause: error }) : error
    }
  }

  const idp = await start('idp', (port) => createDevIdp({ port, keyFile: options.idpKeyFile }))
  const demo = await start('demo', startDemoUpstream)
  const notes = await start('notes', startNotesUpstream)
  const environment = {
    LOGTO_ENDPOINT: idp.endpoint,
    LOGTO_CLIENT_ID: clientId,
    LOGTO_CLIENT_SECRET: clientSecret,
    DEMO_UPSTREAM_URL: demo.url,
    NOTES_UPSTREAM_URL: notes.url,
  }
  let gateway = await start('gateway', (port) => startGateway({ ...options, environment, port }))
  const { port } = gateway
  // The gateway answers under every loopback name, and so must its application at the identity provider.
  const origins = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`)
  await idp.addClient({
    clientId,
    clientSecret,
    name: 'Portico demo gateway',
    redirectUris: origins.map((origin) => `${origin}/oauth/callback`),
    postLogoutRedirectUris: origins.map((origin) => `${origin}/oauth/logout`),
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    idp,
    demo,
    notes,
    async restartGateway() {
      await gateway.close()
      running.pop()
      gateway = await start('gateway', () => startGateway({ ...options, environment, port }))
    },
    close: closeAll,
  }
}
