import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

import { runCommand } from './run-command.ts'
import { runWithServers } from './run-with-servers.ts'
import { findRedis, findValkey } from './test-services/create-redis.ts'
import { findPostgres, startPostgres } from './test-services/start-postgres.ts'
import { startRedis, startValkey } from './test-services/start-redis.ts'

// Starts throwaway PostgreSQL and Redis servers on loopback ports, runs a command with their addresses in its
// environment (PORTICO_TEST_POSTGRES_URL, PORTICO_TEST_REDIS_URL, …), stops them, and exits as the command did.
//
//   node scripts/test-services.ts [--install] <command> [argument…]
//
// `--install` installs what is missing with apt-get (Debian, Ubuntu), the proxies that some tests start themselves, and
// Chromium for those of the pages.

const [first, ...rest] = process.argv.slice(2)
const install = first === '--install'
const [command, ...commandArguments] = install ? rest : process.argv.slice(2)
if (command === undefined) {
  console.error('Usage: node scripts/test-services.ts [--install] <command> [argument…]')
  process.exit(2)
}

if (install && (findPostgres() === undefined || findRedis() === undefined || programsAreMissing())) {
  await installServers()
}
const postgres = findPostgres()
const redis = findRedis()
if (postgres === undefined || redis === undefined) {
  const missing = postgres === undefined ? 'PostgreSQL' : 'Redis or Valkey'
  console.error(
    `${missing} is not installed. On Debian and Ubuntu, add --install or run: apt-get install postgresql redis-server`,
  )
  process.exit(1)
}

const starts = [() => startPostgres(postgres), () => startRedis(redis)]
const valkey = findValkey()
if (valkey === undefined) console.log('Valkey is not installed: its tests run on Redis alone')
else if (valkey !== redis) starts.push(() => startValkey(valkey))
process.exitCode = await runWithServers(starts, [command, ...commandArguments])

function programsAreMissing(): boolean {
  const hasChromium = ['chromium', 'google-chrome'].some((name) => existsSync(`/usr/bin/${name}`))
  return (
    !hasChromium || ['nginx', 'caddy'].some((program) => spawnSync(program, ['version']).error !== undefined)
  )
}

async function installServers(): Promise<void> {
  const program = process.getuid?.() === 0 ? [] : ['sudo']
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  const apt = async (...aptArguments: readonly string[]): Promise<void> => {
    const [name = '', ...all] = [...program, 'apt-get', '-q', ...aptArguments]
    await runCommand(name, all, { environment })
  }
  await apt('update')
  await apt(
    'install',
    '-y',
    '--no-install-recommends',
    'postgresql',
    'redis-server',
    'nginx-light',
    'caddy',
    'chromium',
  )
}
