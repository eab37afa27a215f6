import { DatabaseSync } from 'node:sqlite'

import { createGateway, type GatewayOptions } from '@portico/gateway'
import { type RunningServer, serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'
import { createSafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import { sqliteStorage } from '@portico/storage-sqlite'

import { behindProxy, type Names, publicUrl, type SignInOptions } from './names.ts'

/** Where a gateway keeps its records. */
export type StorageSettings =
  | { readonly sqlite: string }
  /** A database whose `schema` has the tables. */
  | { readonly postgres: string; readonly schema: string }

/** A gateway as plain data, so that it can be handed to another process. */
export interface GatewaySettings extends Required<Pick<GatewayOptions, 'routes' | 'connections'>> {
  readonly signIn: SignInOptions
  /** How it reaches servers by their public names. */
  readonly names: Names
  readonly storage: StorageSettings
  readonly limits?: GatewayOptions['limits']
  /** How far its clock is ahead: what a process that died has left behind may have ended by then. */
  readonly aheadSeconds?: number
}

/** The same in every process: all of them open what one has sealed. */
const keys = ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc']

/** Serves a gateway that the world knows by its public URL and upstreams know on loopback. */
export async function openGateway(settings: GatewaySettings): Promise<RunningServer> {
  const { signIn, names, storage, routes, connections, limits, aheadSeconds = 0 } = settings
  const now = () => Math.floor(Date.now() / 1000) + aheadSeconds
  // The identity provider and the upstreams are on this machine.
  const fetch = createSafeFetch({ development: true })
  const gateway = createGateway({
    publicUrl,
    providers: [logto(signIn, { development: true })],
    fetch: (address, init) => {
      const { url, headers } = behindProxy(names, address, init?.headers)
      return fetch(url, { ...init, headers: Object.fromEntries(headers) })
    },
    storage: await openStorage(storage, now),
    now,
    keys,
    routes,
    connections,
    limits,
  })
  return serve(gateway, { port: 0, hosts: ['127.0.0.1'], drainSeconds: 1 })
}

async function openStorage(settings: StorageSettings, now: () => number): Promise<Storage> {
  if ('sqlite' in settings) return sqliteStorage(new DatabaseSync(settings.sqlite), { now })
  const [{ Pool }, { postgresStorage }] = await Promise.all([
    import('pg'),
    import('@portico/storage-postgres'),
  ])
  const { postgres, schema } = settings
  return postgresStorage(new Pool({ connectionString: postgres, options: `-c search_path=${schema}` }), {
    now,
  })
}
