import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, startProcess, type Server, untilAnswers } from '../test-services/server-process.ts'
import { buildGoProgram } from './build-go-program.ts'
import { needPrograms, obtain } from './obtain.ts'

const version = 'v0.0.0-20210802203454-3fac2ab6bc3b'

/** Dex and its pages. Its tags say v2 and its module does not, which Go refuses, so a commit stands for a release. */
export function obtainDex(): Promise<string> {
  needPrograms('go', 'cc')
  return obtain(`dex-${version}`, async (directory) => {
    const source = await buildGoProgram(directory, {
      go: '1.21',
      require: `github.com/dexidp/dex ${version}`,
      main: 'github.com/dexidp/dex/cmd/dex',
      name: 'dex',
    })
    cpSync(join(source, 'web'), join(directory, 'web'), { recursive: true })
  })
}

/** Dex with one client and one user, all in memory. */
export async function startDex(installation: string): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-dex-'))
  const address = `127.0.0.1:${await freePort()}`
  const issuer = `http://${address}/dex`
  const configuration = join(directory, 'config.json')
  // Dex reads YAML, of which JSON is a part.
  writeFileSync(configuration, JSON.stringify(settings(issuer, address, join(installation, 'web'))))
  const stop = await startProcess(join(installation, 'dex'), ['serve', configuration], {
    directory,
    ready: /listening \(http\)/,
  })
  const stopAndRemove = async (): Promise<void> => {
    await stop()
    rmSync(directory, { recursive: true })
  }
  try {
    await untilAnswers(`${issuer}/.well-known/openid-configuration`)
  } catch (error) {
    await stopAndRemove()
    throw error
  }
  return { environment: { PORTICO_TEST_DEX_URL: issuer }, stop: stopAndRemove }
}

function settings(issuer: string, address: string, web: string): object {
  return {
    issuer,
    storage: { type: 'memory' },
    web: { http: address },
    frontend: { dir: web },
    staticClients: [
      {
        id: 'portico',
        secret: 'portico-client-secret',
        name: 'Portico',
        redirectURIs: ['http://localhost:9000/oauth/callback'],
      },
    ],
    // Dex looks every 30 seconds whether a key has reached this age: so it has a new one each time.
    expiry: { signingKeys: '1s' },
    enablePasswordDB: true,
    staticPasswords: [
      {
        email: 'ada@example.com',
        // bcrypt of "password", as in the examples of Dex.
        hash: '$2a$10$2b2cU8CPhOTaGrs1HRQuAueS7JTT5ZHsHSzYiFPm1leZck7Mc8T4W',
        username: 'ada',
        userID: '08a8684b-db88-4b73-90a9-3cd1661f5466',
      },
    ],
  }
}
