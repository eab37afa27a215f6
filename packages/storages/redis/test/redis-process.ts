import { serveStorage } from '@portico/testkit'

import { redisStorage } from '../src/index.ts'
import { nodeRedis } from './test-clients.ts'

const [, , url = '', prefix = ''] = process.argv
const client = await nodeRedis(url)

await serveStorage((now) => redisStorage(client, { now, prefix }))
