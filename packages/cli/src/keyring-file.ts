import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A new key: 32 random bytes in base64url, on one line. */
export function generateKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
}

export interface KeyringFile {
  /** Newest first. */
  readonly keys: readonly string[]
  readonly created: boolean
}

/** The keys in `file`; for a developer's machine, where nobody should have to make one first, it is created. */
export function openKeyringFile(file: string): KeyringFile {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const key = generateKey()
    // `wx` fails when the file exists: of two processes that start together one creates it and both use it.
    writeFileSync(file, `${key}\n`, { flag: 'wx', mode: 0o600, flush: true })
    return { keys: [key], created: true }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const keys = readFileSync(file, 'utf8')
      .split(/\s+/)
      .filter((key) => key !== '')
    return { keys, created: false }
  }
}

/**
 * Replaces the keys in `file`: a reader sees the old ones or the new ones, never a part. They are on the disk before
 * anything is sealed under them.
 */
export function writeKeyringFile(file: string, keys: readonly string[]): void {
  const fresh = `${file}.new`
  // One that was left there would keep its owner and its mode.
  rmSync(fresh, { force: true })
  writeFileSync(fresh, keys.map((key) => `${key}\n`).join(''), { flag: 'wx', mode: 0o600, flush: true })
  renameSync(fresh, file)
}
