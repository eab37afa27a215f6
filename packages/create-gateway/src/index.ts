export { runCommand, type ExitCode, type Host } from './run-command.ts'
