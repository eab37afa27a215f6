import { serveStorage } from '@portico/testkit'

import { postgresStorage } from '../src/index.ts'
import { connect } from './test-database.ts'

const [, , url = '', schema = ''] = process.argv

await serveStorage((now) => postgresStorage(connect(url, schema), { now }))
