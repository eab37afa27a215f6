import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  findRuntime,
  type ProcessRuntimeId,
  processRuntimeIds,
  startProcess,
  startWorker,
  workerdVersion,
} from '@portico/runtimes'

/** A runtime that the gateway is judged on. */
export interface GatewayHost {
  readonly id: ProcessRuntimeId | 'workerd'
  readonly title: string
  readonly version: string
  /** Starts the gateway of `apps/gateway` on a free port, with an empty storage. */
  readonly start: (options: HostedGatewayOptions) => Promise<HostedGateway>
  /** Starts the program of `attacks/hosts/programs`, which starts gateways as a test says. */
  readonly startAttacked: () => Promise<HostedGateway>
  /** Whether each of these gateways listens on a port of its own. */
  readonly listens: boolean
}

export interface HostedGatewayOptions {
  /** What the configuration files refer to. */
  readonly environment: Readonly<Record<string, string>>
  readonly key: string
  /** Empty, and removed by the caller. */
  readonly directory: string
}

export interface HostedGateway {
  /** e.g. `http://127.0.0.1:49152` */
  readonly origin: string
  close(): Promise<unknown>
}

const entries: Readonly<Record<ProcessRuntimeId, string>> = {
  'node-22': '@portico/gateway-app/entries/node',
  'node-24': '@portico/gateway-app/entries/node',
  bun: '@portico/gateway-app/entries/bun',
  deno: '@portico/gateway-app/entries/deno',
}

const programs: Readonly<Record<ProcessRuntimeId, string>> = {
  'node-22': 'node',
  'node-24': 'node',
  bun: 'bun',
  deno: 'deno',
}

/** All of them, in the order of the documentation; undefined for those that this machine does not have. */
export function gatewayHosts(): ReadonlyMap<GatewayHost['id'], GatewayHost | undefined> {
  const processes = processRuntimeIds.map((id) => [id, processHost(id)] as const)
  return new Map<GatewayHost['id'], GatewayHost | undefined>([...processes, ['workerd', workerdHost]])
}

function processHost(id: ProcessRuntimeId): GatewayHost | undefined {
  const runtime = findRuntime(id)
  if (!runtime) return undefined
  const { title, version } = runtime
  return {
    id,
    title,
    version,
    async start({ environment, key, directory }) {
      const { announced, close } = await startProcess(
        [...runtime.command, fileURLToPath(import.meta.resolve(entries[id]))],
        {
          ...environment,
          PORTICO_CONFIG: fileURLToPath(new URL('./config/', import.meta.url)),
          PORTICO_KEYS: key,
          PORTICO_PORT: '0',
          PORTICO_STORAGE: `sqlite:${join(directory, 'gateway.db')}`,
        },
        /^Portico serves http:\/\/localhost:(\d+)$/m,
      )
      return { origin: `http://127.0.0.1:${announced[1]}`, close }
    },
    listens: true,
    async startAttacked() {
      const file = new URL(`./attacks/hosts/programs/${programs[id]}.ts`, import.meta.url)
      const command = [...runtime.command, fileURLToPath(file)] as const
      const { announced, close } = await startProcess(command, {}, /^Takes orders at (http:\S+)$/m)
      return { origin: announced[1] ?? '', close }
    },
  }
}

const workerdHost: GatewayHost = {
  id: 'workerd',
  title: 'workerd (Cloudflare Workers)',
  version: workerdVersion(),
  start: ({ environment, key }) =>
    startWorker(new URL('./suite-worker.ts', import.meta.url), {
      bindings: { ...environment, PORTICO_KEYS: key },
      durableObjects: { GATEWAY: 'GatewayObject', STORAGE: 'StorageObject' },
    }),
  listens: false,
  startAttacked: () =>
    startWorker(new URL('./attacks/hosts/programs/worker.ts', import.meta.url), {
      bindings: {},
      durableObjects: { GATEWAYS: 'GatewaysObject' },
    }),
}
