import { DatabaseSync } from 'node:sqlite'

import { serve } from '@portico/gateway/deno'

import { runEntry } from './run-entry.ts'

// The gateway as a process on Deno.
await runEntry({ openDatabase: (file) => new DatabaseSync(file), serve })
