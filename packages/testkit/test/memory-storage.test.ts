import { memoryStorage } from '@portico/storage'

import { describeStorage, spawnStorage } from '../src/index.ts'

describeStorage('memory', (now) => memoryStorage({ now }))

describeStorage('memory of another process', spawnStorage(new URL('./memory-process.ts', import.meta.url)))
