import { memoryStorage } from '@portico/storage'

import { serveStorage } from '../src/index.ts'

await serveStorage((now) => memoryStorage({ now }))
