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

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const idp = await createDevIdp({
    port: Number(values.port),
    clients: [
      {
        clientId: values['client-id'],
        clientSecret: values['client-secret'],
        redirectUris: values['redirect-uri'],
      },
    ],
    ...(values['key-file'] === undefined ? {} : { keyFile: values['key-file'] }),
  })
  const users = idp.accounts.map(({ username, password }) => `${username} / ${password}`)
  process.stdout.write(`Issuer    ${idp.issuer}\nAccounts  ${users.join(', ')}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      idp.close().catch(() => {
        process.exitCode = 1
      })
    })
  }
}

main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  const message = taken ? `Port ${values.port} is taken: choose another one with --port.` : String(error)
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
})
