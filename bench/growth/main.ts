import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { createDeployment } from './deployment.ts'
import { fill } from './fill.ts'
import { measureLookups, measureSizes } from './measures.ts'
import type { Lookups, Sizes } from './measures.ts'

// What a hundred thousand clients and grants cost a gateway on SQLite, and whether they are gone when they have expired.

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    small: { type: 'string', default: '1000' },
  },
})
const count = Number(values.count)
const small = Number(values.small)
if (!(small >= 100 && count > small))
  throw new Error('--small must be at least 100, and --count more than that')
if (globalThis.gc === undefined)
  throw new Error('run it as `pnpm bench:growth`, which lets it collect garbage')

const directory = mkdtempSync(join(tmpdir(), 'portico-growth-'))
const deployment = await createDeployment(join(directory, 'portico.db'))
const rows: [stage: string, sizes: Sizes, lookups?: Lookups][] = []
try {
  await fill(deployment, small)
  rows.push([`${small} clients and grants`, measureSizes(deployment), await measureLookups(deployment)])
  await fill(deployment, count)
  rows.push([`${count} clients and grants`, measureSizes(deployment), await measureLookups(deployment)])

  deployment.advance(2 * 366 * 86_400)
  await deployment.work()
  rows.push(['all of them expired', measureSizes(deployment)])
  report()
} finally {
  deployment.close()
  rmSync(directory, { recursive: true, force: true })
}

function report(): void {
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
  for (const [stage, { recordCount, fileBytes, heapBytes }, lookups] of rows) {
    console.log(
      `${stage}: ${recordCount} records, file ${mebibytes(fileBytes)} MiB, heap ${mebibytes(heapBytes)} MiB`,
    )
    for (const [name, microseconds] of Object.entries(lookups ?? {})) {
      console.log(`  ${name}: ${microseconds.toFixed(0)} µs of CPU`)
    }
  }
  const [before, after] = [rows[0]?.[2], rows[1]?.[2]]
  for (const [name, microseconds] of Object.entries(after ?? {})) {
    const ratio = microseconds / (before?.[name as keyof Lookups] ?? Number.NaN)
    console.log(`${name}, ${count} to ${small}: ${ratio.toFixed(2)}`)
  }
}
