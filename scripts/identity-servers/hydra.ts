import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, startProcess, type Server, untilAnswers } from '../test-services/server-process.ts'
import { buildGoProgram } from './build-go-program.ts'
import { needPrograms, obtain } from './obtain.ts'

const version = 'v2.3.0'

/** Where the browser of the tests answers in the place of a login, consent and logout application. */
const application = 'http://localhost:9100'

export function obtainHydra(): Promise<string> {
  needPrograms('go', 'cc')
  return obtain(`hydra-${version}`, async (directory) => {
    await buildGoProgram(directory, {
      go: '1.24',
      require: `github.com/ory/hydra/v2 ${version}`,
      replace: 'github.com/gobuffalo/pop/v6 => github.com/ory/pop/v6 v6.2.1-0.20241121111754-e5dfc0f3344b',
      main: 'github.com/ory/hydra/v2',
      tags: 'sqlite',
      name: 'hydra',
    })
  })
}

/** Ory Hydra with one client, all in memory. */
export async function startHydra(installation: string): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-hydra-'))
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const issuer = `http://127.0.0.1:${publicPort}`
  const administration = `http://127.0.0.1:${adminPort}`
  const configuration = join(directory, 'config.json')
  writeFileSync(
    configuration,
    JSON.stringify({
      dsn: 'memory',
      serve: {
        public: { host: '127.0.0.1', port: publicPort },
        admin: { host: '127.0.0.1', port: adminPort },
      },
      secrets: { system: ['throwaway-system-secret'] },
      urls: {
        self: { issuer },
        login: `${application}/login`,
        consent: `${application}/consent`,
        logout: `${application}/logout`,
      },
    }),
  )
  const stop = await startProcess(
    join(installation, 'hydra'),
    ['serve', 'all', '--dev', '--sqa-opt-out', '--config', configuration],
    { directory, ready: new RegExp(`Setting up http server on 127\\.0\\.0\\.1:${publicPort}`) },
  )
  const stopAndRemove = async (): Promise<void> => {
    await stop()
    rmSync(directory, { recursive: true })
  }
  try {
    await untilAnswers(`${administration}/health/ready`)
    await untilAnswers(`${issuer}/health/ready`)
    await createClient(administration)
  } catch (error) {
    await stopAndRemove()
    throw error
  }
  return {
    environment: { PORTICO_TEST_HYDRA_URL: issuer, PORTICO_TEST_HYDRA_ADMIN_URL: administration },
    stop: stopAndRemove,
  }
}

async function createClient(administration: string): Promise<void> {
  const response = await fetch(`${administration}/admin/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: 'portico',
      client_name: 'Portico',
      client_secret: 'portico-client-secret',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid profile email',
      redirect_uris: ['http://localhost:9000/oauth/callback'],
      post_logout_redirect_uris: ['http://localhost:9000/oauth/logout'],
    }),
  })
  if (response.status !== 201) {
    throw new Error(`Ory Hydra refused the client with ${response.status}: ${await response.text()}`)
  }
}
