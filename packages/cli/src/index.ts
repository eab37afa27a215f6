export type { ExitCode, Host } from './host.ts'
export { runCommand } from './run-command.ts'
