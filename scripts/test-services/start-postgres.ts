import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { runCommand } from '../run-command.ts'
import { lastingPort, startProcess } from './server-process.ts'
import type { RestartableServer, Server } from './server-process.ts'

/** Where Debian keeps the server's programs, off the path. */
const debianDirectory = '/usr/lib/postgresql'

/** PostgreSQL refuses to be root. */
const nobody = { uid: 65_534, gid: 65_534 }

/** The directory with `initdb` and `postgres`, newest version first; undefined when PostgreSQL is not installed. */
export function findPostgres(): string | undefined {
  const versions = existsSync(debianDirectory) ? readdirSync(debianDirectory) : []
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a))
  return [
    ...newestFirst.map((version) => join(debianDirectory, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ].find((directory) => existsSync(join(directory, 'initdb')))
}

/** An empty PostgreSQL on loopback that is gone when it is stopped. */
export async function startPostgres(programs: string): Promise<Server> {
  const { url, start, remove } = await createPostgres(programs, { settings: ['fsync=off'] })
  await start()
  return { environment: { PORTICO_TEST_POSTGRES_URL: url }, stop: remove }
}

/** An empty PostgreSQL on loopback that is not started yet. */
export async function createPostgres(
  programs: string,
  { settings = [] }: { readonly settings?: readonly string[] } = {},
): Promise<RestartableServer> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-postgres-'))
  const user = process.getuid?.() === 0 ? nobody : undefined
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  await runCommand(
    join(programs, 'initdb'),
    ['--pgdata', data, '--username', 'portico', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    { directory, environment: { LC_ALL: 'C' }, user },
  )
  const port = await lastingPort()
  const listen = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', directory]
  const set = ['max_connections=200', ...settings].flatMap((setting) => ['-c', setting])
  let stop: RestartableServer['stop'] = () => Promise.resolve()
  return {
    url: `postgres://portico@127.0.0.1:${port}/postgres`,
    async start() {
      const ready = /ready to accept connections/
      stop = await startProcess(join(programs, 'postgres'), [...listen, ...set], { directory, user, ready })
    },
    stop: (signal) => stop(signal),
    async remove() {
      await stop()
      rmSync(directory, { recursive: true })
    },
  }
}
