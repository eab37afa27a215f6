import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from '../run-command.ts'
import { freePort, startProcess, type Server } from '../test-services/server-process.ts'
import { needPrograms, obtain } from './obtain.ts'

const version = '26.4.0'
const administrator = { username: 'admin', password: 'throwaway-administrator' }
const realm = readFileSync(new URL('keycloak-realm.json', import.meta.url), 'utf8')

/** Keycloak as it is distributed, built once for a database in memory. */
export async function obtainKeycloak(): Promise<string> {
  needPrograms('java', 'mvn', 'bash')
  const directory = await obtain(`keycloak-${version}`, async (unpacked) => {
    const unpack = [
      'dependency:unpack',
      `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:zip`,
      `-DoutputDirectory=${unpacked}`,
    ]
    // Maven notes in the current directory what it has unpacked, and does not do it again.
    await runCommand('mvn', ['--quiet', '--batch-mode', ...unpack], { directory: unpacked })
    await runCommand('bash', [join(unpacked, `keycloak-${version}/bin/kc.sh`), 'build', '--db=dev-mem'])
  })
  return join(directory, `keycloak-${version}`)
}

/** Keycloak with the realm of `keycloak-realm.json`. */
export async function startKeycloak(installation: string): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-keycloak-'))
  const origin = `http://127.0.0.1:${await freePort()}`
  const { username, password } = administrator
  const stop = await startProcess(
    'java',
    [
      ...virtualMachine(installation),
      'start',
      '--optimized',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${new URL(origin).port}`,
      `--hostname=${origin}`,
      '--cache=local',
    ],
    {
      directory,
      ready: /Listening on: http/,
      environment: { KC_BOOTSTRAP_ADMIN_USERNAME: username, KC_BOOTSTRAP_ADMIN_PASSWORD: password },
    },
  )
  const stopAndRemove = async (): Promise<void> => {
    await stop()
    rmSync(directory, { recursive: true })
  }
  try {
    await importRealm(origin)
  } catch (error) {
    await stopAndRemove()
    throw error
  }
  return {
    environment: {
      PORTICO_TEST_KEYCLOAK_URL: origin,
      PORTICO_TEST_KEYCLOAK_ADMIN_USERNAME: username,
      PORTICO_TEST_KEYCLOAK_ADMIN_PASSWORD: password,
    },
    stop: stopAndRemove,
  }
}

/** What `bin/kc.sh` starts as its child: without the script in between, a signal reaches the server. */
function virtualMachine(installation: string): readonly string[] {
  return [
    '-Xmx512m',
    '--add-opens=java.base/java.util=ALL-UNNAMED',
    '--add-opens=java.base/java.util.concurrent=ALL-UNNAMED',
    '--add-opens=java.base/java.security=ALL-UNNAMED',
    `-Dkc.home.dir=${installation}`,
    `-Djboss.server.config.dir=${join(installation, 'conf')}`,
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
    '-Dpicocli.disable.closures=true',
    '-cp',
    join(installation, 'lib/quarkus-run.jar'),
    'io.quarkus.bootstrap.runner.QuarkusEntryPoint',
  ]
}

async function importRealm(origin: string): Promise<void> {
  const login = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...administrator }),
  })
  const { access_token: token } = (await login.json()) as { readonly access_token?: string }
  const response = await fetch(`${origin}/admin/realms`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: realm,
  })
  if (response.status !== 201) {
    throw new Error(`Keycloak refused the realm with ${response.status}: ${await response.text()}`)
  }
}
