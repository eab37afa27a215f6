import { Database } from 'bun:sqlite'

import { serve } from '@portico/gateway/bun'

import { runEntry } from './run-entry.ts'

// The gateway as a process on Bun.
await runEntry({ openDatabase: (file) => new Database(file), serve })
