import { obtainDex, startDex } from './identity-servers/dex.ts'
import { obtainHydra, startHydra } from './identity-servers/hydra.ts'
import { obtainKeycloak, startKeycloak } from './identity-servers/keycloak.ts'
import { MissingProgramError } from './identity-servers/obtain.ts'
import { runWithServers } from './run-with-servers.ts'
import type { Server } from './test-services/server-process.ts'

// Gets Keycloak, Dex and Ory Hydra into a cache outside the repository, starts them on loopback ports with throwaway
// data, runs a command with their addresses in its environment (PORTICO_TEST_KEYCLOAK_URL, PORTICO_TEST_DEX_URL,
// PORTICO_TEST_HYDRA_URL, …), stops them, and exits as the command did.
//
//   node scripts/identity-servers.ts [--required] <command> [argument…]
//
// A server whose tools are not installed is named and left out; with `--required` that is an error.

const [first, ...rest] = process.argv.slice(2)
const required = first === '--required'
const [command, ...commandArguments] = required ? rest : process.argv.slice(2)
if (command === undefined) {
  console.error('Usage: node scripts/identity-servers.ts [--required] <command> [argument…]')
  process.exit(2)
}

const starts = [
  await prepare('Keycloak', obtainKeycloak, startKeycloak),
  await prepare('Dex', obtainDex, startDex),
  await prepare('Ory Hydra', obtainHydra, startHydra),
].filter((start) => start !== undefined)
process.exitCode = await runWithServers(starts, [command, ...commandArguments])

async function prepare<Installation>(
  name: string,
  obtain: () => Promise<Installation>,
  start: (installation: Installation) => Promise<Server>,
): Promise<(() => Promise<Server>) | undefined> {
  const began = Date.now()
  try {
    const installation = await obtain()
    const seconds = Math.round((Date.now() - began) / 1000)
    if (seconds > 2) console.log(`${name} is in the cache after ${seconds} s`)
    return () => start(installation)
  } catch (error) {
    if (!(error instanceof MissingProgramError) || required) throw error
    console.log(`${name} is left out: ${error.message}`)
    return undefined
  }
}
