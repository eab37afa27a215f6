import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a demo keeps what outlives it. */
export interface DemoFiles {
  readonly databaseFile: string
  /** The identity provider's signing key. */
  readonly idpKeyFile: string
  /** Seals the gateway's records; made at the first start. */
  readonly keys: readonly string[]
}

/** Opens a directory of the demo, or makes it. */
export function openDemoFiles(directory: string): DemoFiles {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const keyFile = join(directory, 'gateway-key')
  try {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    writeFileSync(keyFile, key, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return {
    databaseFile: join(directory, 'demo.db'),
    idpKeyFile: join(directory, 'idp-key.json'),
    keys: [readFileSync(keyFile, 'utf8')],
  }
}
