import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll } from 'vitest'

/** A directory of this test file, removed when its tests have ended. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'portico-sqlite-'))
  afterAll(() => rmSync(directory, { recursive: true, maxRetries: 3 }))
  return directory
}
