import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** A program of this machine, without which a server cannot be had. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError'

  constructor(program: string) {
    super(`"${program}" is not installed`)
  }
}

/** @throws {MissingProgramError} naming the first program that is not on the path */
export function needPrograms(...programs: readonly string[]): void {
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  const missing = programs.find((program) => !directories.some((each) => existsSync(join(each, program))))
  if (missing !== undefined) throw new MissingProgramError(missing)
}

/**
 * A directory of the user's cache (XDG Base Directory Specification), filled when it is not there yet. It gets its
 * name only when `fill` is done, so what is there is whole.
 *
 * @param name with the version, so that another version is another directory
 */
export async function obtain(name: string, fill: (directory: string) => Promise<void>): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const directory = join(cache, 'portico', name)
  if (existsSync(directory)) return directory
  mkdirSync(dirname(directory), { recursive: true })
  const unfinished = mkdtempSync(`${directory}-unfinished-`)
  try {
    await fill(unfinished)
    renameSync(unfinished, directory)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return directory
}
