import { projectImporter } from './project-importer.ts'
import { StartError } from './start-error.ts'

/**
 * A library that only some need, because of a setting: the one of the project, or of wherever this command line is installed.
 *
 * @throws {StartError} naming the command that installs it
 */
export async function optionalPackage<Module>(
  name: string,
  workingDirectory: string,
  setting = 'PORTICO_STORAGE',
): Promise<Module> {
  try {
    const module: object = await projectImporter(workingDirectory)(name)
    // Of a CommonJS module not every name is found.
    return ('default' in module ? module.default : module) as Module
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    const message = `needs the package "${name}", which is not installed: run "npm install ${name}".`
    throw new StartError([{ setting, message }], { cause: error })
  }
}
