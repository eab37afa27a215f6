import { DatabaseSync } from 'node:sqlite'

import { serve } from '@portico/gateway/node'

import { runEntry } from './run-entry.ts'

// The gateway as a process on Node 22 and newer.
await runEntry({ openDatabase: (file) => new DatabaseSync(file), serve })
