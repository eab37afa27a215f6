import { DatabaseSync } from 'node:sqlite'

import { serve } from '@hono/node-server'
import { logto } from '@portico/logto'
import { sqliteStorage } from '@portico/storage-sqlite'

import { createApp } from './app.ts'

const { PUBLIC_URL, LOGTO_ENDPOINT, LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET, PORTICO_KEYS } = process.env
if (!PUBLIC_URL || !LOGTO_ENDPOINT || !LOGTO_CLIENT_ID || !LOGTO_CLIENT_SECRET || !PORTICO_KEYS) {
  throw new Error('Set PUBLIC_URL, LOGTO_ENDPOINT, LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET and PORTICO_KEYS.')
}

const app = createApp({
  publicUrl: PUBLIC_URL,
  providers: logto({
    logtoEndpoint: LOGTO_ENDPOINT,
    clientId: LOGTO_CLIENT_ID,
    clientSecret: LOGTO_CLIENT_SECRET,
  }),
  storage: sqliteStorage(new DatabaseSync('dice.db')),
  keys: PORTICO_KEYS.split(','),
})

serve({ fetch: app.fetch, port: 3000 }, ({ port }) => console.log(`Listening on port ${port}`))
