#!/usr/bin/env node
import { parseArgs } from 'node:util'

import { createDevIdp } from './dev-idp.ts'

const help = `A local OpenID provider in Logto's shape, for demos and tests.

Usage: portico-dev-idp [options]

  --port <number>          default 9001
  --client-id <id>         default "portico"
  --client-secret <text>   default "portico-development-secret"
  --redirect-uri <url>     may be repeated; default http://127.0.0.1:9000/oauth/callback and http://localhost:9000/oauth/callback
  --key-file <path>        keeps the signing key across restarts
  --help
`

/** @throws {TypeError} naming the option that is wrong */
function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9001' },
      'client-id': { type: 'string', default: 'portico' },
      'client-secret': { type: 'string', default: 'portico-development-secret' },
      'redirect-uri': {
        type: 'string',
        multiple: true,
        default: ['http://127.0.0.1:9000/oauth/callback', 'http://localhost:9000/oauth/callback'],
      },
      'key-file': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new TypeError(`Option '--port' must be a number from 0 to 65535, not "${values.port}"`)
  return values
}

type Options = ReturnType<typeof readOptions>

async function run(options: Options): Promise<void> {
  const { port, 'client-id': clientId, 'client-secret': clientSecret, 'redirect-uri': redirectUris } = options
  const idp = await createDevIdp({
    port: Number(port),
    clients: [{ clientId, clientSecret, redirectUris }],
    ...(options['key-file'] === undefined ? {} : { keyFile: options['key-file'] }),
  })
  const users = idp.accounts.map(({ username, password }) => `${username} / ${password}`)
  process.stdout.write(`Issuer         ${idp.issuer}
Accounts       ${users.join(', ')}
Redirect URIs  ${redirectUris.join(', ')}

In the .env of a gateway:

LOGTO_ENDPOINT=${idp.endpoint}
LOGTO_CLIENT_ID=${clientId}
LOGTO_CLIENT_SECRET=${clientSecret}
`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      idp.close().catch(() => {
        process.exitCode = 1
      })
    })
  }
}

function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = code
}

function main(): void {
  let options: Options
  try {
    options = readOptions()
  } catch (error) {
    // The first sentence: the others are for programs with arguments.
    const [message] = (error instanceof Error ? error.message : String(error)).split('. ')
    fail(`${message}.\n\n${help}`, 2)
    return
  }
  if (options.help) {
    process.stdout.write(help)
    return
  }
  run(options).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    fail(taken ? `Port ${options.port} is taken: choose another one with --port.` : String(error), 1)
  })
}

main()
