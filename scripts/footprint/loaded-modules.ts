import { runCommand } from '../run-command.ts'

/** The files that a program reads as modules until it ends by itself, those of packages alone. */
export async function loadedModules(program: string): Promise<string[]> {
  const observer = import.meta.resolve('./observe-modules.ts')
  const output = await runCommand(process.execPath, ['--import', observer, program])
  return JSON.parse(output) as string[]
}
