import { DatabaseSync } from 'node:sqlite'

import { serveStorage } from '@portico/testkit'

import { sqliteStorage } from '../src/index.ts'

const [, , file = ''] = process.argv

await serveStorage((now) => sqliteStorage(new DatabaseSync(file), { now }))
