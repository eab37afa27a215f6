import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { runCheck } from './check/run-check.ts'
import { clientInstructions } from './client-instructions.ts'
import { openDemoFiles } from './demo-files.ts'
import { defaultPorts, freePorts, PortTakenError, type RunningDemo, startDemo } from './start-demo.ts'

const help = `Starts a gateway with everything it needs on this machine: an identity provider with three users and two MCP
servers behind it.

Usage: npx pnpm@12 demo [options]

  --check         drives an MCP client through the whole flow, prints a line for each step, and ends with 0 or 1
  --ports free    takes free ports instead of 9000 to 9003
  --help
`

const write = (text: string): void => void process.stdout.write(text)

/** Starts on the documented ports, or where another program has one of them, on free ones. */
async function startForCheck(directory: string): Promise<RunningDemo> {
  const files = openDemoFiles(directory)
  try {
    return await startDemo(defaultPorts, files)
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error
    write(`Port ${error.port} is taken: the check runs on free ports.\n`)
    return startDemo(freePorts, files)
  }
}

async function check(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-demo-'))
  try {
    const demo = await startForCheck(directory)
    try {
      write(`Gateway ${demo.origin}, identity provider ${demo.idp.issuer}\n`)
      await runCheck(demo, write)
      write('\nEverything works.\n')
    } finally {
      await demo.close()
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function run(ports: string): Promise<void> {
  const directory = fileURLToPath(new URL('../data/', import.meta.url))
  const demo = await startDemo(ports === 'free' ? freePorts : defaultPorts, openDemoFiles(directory))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      write('\nStopping.\n')
      demo.close().catch(fail)
    })
  }
  write(clientInstructions(demo))
}

function fail(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = error instanceof PortTakenError ? error.message : text
  process.stderr.write(`\n${message}\n`)
  process.exitCode = 1
}

/** @throws {TypeError} naming the option that is wrong */
function readOptions() {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      ports: { type: 'string', default: 'default' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.ports !== 'default' && values.ports !== 'free')
    throw new TypeError(`Option '--ports' takes "free" only, not "${values.ports}"`)
  return values
}

function main(): void {
  let options: ReturnType<typeof readOptions>
  try {
    options = readOptions()
  } catch (error) {
    // The first sentence: the others are for programs with arguments.
    const [message] = (error instanceof Error ? error.message : String(error)).split('. ')
    process.stderr.write(`${message}.\n\n${help}`)
    process.exitCode = 2
    return
  }
  if (options.help) write(help)
  else if (options.check) {
    // What hangs after a failed step must not keep the process.
    check().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error)
        process.exit(1)
      },
    )
  } else run(options.ports).catch(fail)
}

main()
