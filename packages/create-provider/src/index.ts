export { processHost } from './process-host.ts'
export {
  createProvider,
  describeCommand,
  runCommand,
  type ExitCode,
  type Flags,
  type Host,
} from './run-command.ts'
