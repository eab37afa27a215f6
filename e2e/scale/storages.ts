import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { createClient } from 'redis'

import { createPostgresSchema } from '../postgres-schema.ts'

/** A storage that several gateways can share, empty, as the settings name it. */
export interface SharedStorage {
  /** `PORTICO_STORAGE` */
  readonly setting: string
  readonly remove: () => Promise<void>
}

/** Where the servers are: the variables that `pnpm with:services` sets. */
export const servers = {
  postgres: process.env['PORTICO_TEST_POSTGRES_URL'],
  redis: process.env['PORTICO_TEST_REDIS_URL'],
}

export type StorageName = 'sqlite' | keyof typeof servers

/** Tests of hundreds of processes run where servers for tests run, not whenever something was changed. */
export const runsCampaigns = servers.postgres !== undefined

/** Whether this machine has it. */
export const isPresent = (name: StorageName): boolean =>
  runsCampaigns && (name === 'sqlite' || servers[name] !== undefined)

/**
 * Makes an empty one.
 *
 * @param database number of the database of Redis, another one for each test file: they run at the same time
 */
export async function createSharedStorage(
  name: StorageName,
  { directory, database }: { readonly directory: string; readonly database: number },
): Promise<SharedStorage> {
  switch (name) {
    case 'sqlite': {
      const setting = `sqlite:${join(directory, `${randomUUID()}.db`)}`
      return { setting, remove: () => Promise.resolve() }
    }
    case 'postgres': {
      const { name: schema, drop } = await createPostgresSchema(servers.postgres)
      return { setting: `${servers.postgres}?options=-csearch_path%3D${schema}`, remove: drop }
    }
    case 'redis': {
      await flush(database)
      return { setting: `${servers.redis}/${database}`, remove: () => flush(database) }
    }
  }
}

async function flush(database: number): Promise<void> {
  const client = createClient({ url: servers.redis ?? '', database })
  await client.connect()
  await client.flushDb()
  client.destroy()
}
