import { schema } from '../../packages/storages/postgres/src/schema.ts'
import type { Generator } from './generated-file.ts'

const comment = `-- The tables of @portico/storage-postgres: the same statement that migratePostgres runs. It may be run again and by
-- several processes at once. Run it as the owner of the tables, in the database and schema that Portico uses.`

/** For those whose application may not create tables. */
export const postgresSchema: Generator = () => [
  { path: 'packages/storages/postgres/schema.sql', content: `${comment}\n${schema};\n` },
]
