import { parseArgs } from 'node:util'

import { createDeployment } from './deployment.ts'
import { fill, grantAll } from './fill.ts'
import { measureLookups, measureSizes } from './measures.ts'
import type { Lookups, Sizes } from './measures.ts'
import { openPostgres } from './open-postgres.ts'
import { openSqlite } from './open-sqlite.ts'

// What a hundred thousand clients and grants cost a gateway on SQLite or PostgreSQL, what of it stays in its memory, and
// whether they are gone when they have expired.

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    small: { type: 'string', default: '1000' },
    granted: { type: 'boolean', default: false },
    postgres: { type: 'string' },
  },
})
const count = Number(values.count)
const small = Number(values.small)
if (!(small >= 100 && count > small))
  throw new Error('--small must be at least 100, and --count more than that')
if (globalThis.gc === undefined)
  throw new Error('run it as `pnpm bench:growth`, which lets it collect garbage')

const deployment = await createDeployment(
  values.postgres === undefined ? openSqlite : openPostgres(values.postgres),
)
const grow = values.granted ? grantAll : fill
const rows: [stage: string, sizes: Sizes, lookups?: Lookups][] = []
try {
  await grow(deployment, 0, small)
  // What is compiled during the first lookups would speak for the later ones.
  await measureLookups(deployment)
  rows.push([`${small} clients and grants`, await measureSizes(deployment), await measureLookups(deployment)])
  await grow(deployment, small, count)
  rows.push([`${count} clients and grants`, await measureSizes(deployment), await measureLookups(deployment)])

  deployment.advance(2 * 366 * 86_400)
  await deployment.work()
  rows.push(['all of them expired', await measureSizes(deployment)])
  if (deployment.compact) {
    await deployment.compact()
    rows.push(['and compacted', await measureSizes(deployment)])
  }
  report()
} finally {
  await deployment.close()
}

function report(): void {
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
  for (const [stage, { recordCount, bytes, heapBytes, residentBytes }, lookups] of rows) {
    console.log(
      `${stage}: ${recordCount} records, ${mebibytes(bytes)} MiB in the database, heap ${mebibytes(heapBytes)} MiB, resident ${mebibytes(residentBytes)} MiB`,
    )
    for (const [name, microseconds] of Object.entries(lookups ?? {})) {
      console.log(`  ${name}: ${microseconds.toFixed(0)} µs`)
    }
  }
  const [before, after] = [rows[0]?.[2], rows[1]?.[2]]
  for (const [name, microseconds] of Object.entries(after ?? {})) {
    const ratio = microseconds / (before?.[name as keyof Lookups] ?? Number.NaN)
    console.log(`${name}, ${count} to ${small}: ${ratio.toFixed(2)}`)
  }
}
