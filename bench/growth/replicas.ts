import { randomBytes, randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'

import { migratePostgres } from '@portico/storage-postgres'
import { Pool } from 'pg'

import { startChild } from '../child-process.ts'
import type { Child } from '../child-process.ts'
import type { Job } from '../job.ts'
import { runJob } from '../run-job.ts'
import type { LoadOptions } from '../run-job.ts'
import type { ReplicaOptions } from './replica-process.ts'

// What a refresh at the token endpoint costs gateways that share their tables in PostgreSQL, each asked for tokens that
// another one has issued: beside as many gateways on the same server with tables of their own. More processes on the same
// cores cost each of them something; what sharing costs is the difference.

const replicaCounts = [1, 2, 3]
/** Of each replica. */
const connections = 8

const { values } = parseArgs({
  options: {
    postgres: { type: 'string' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
})
if (values.postgres === undefined) throw new Error('--postgres names the database that the replicas share')
const url = values.postgres
const seconds = Number(values.seconds)

const keys = [randomBytes(32).toString('base64url')]
const admin = new Pool({ connectionString: url, max: 1 })
const schemas: string[] = []
const sharing: Replica[] = []
const apart: Replica[] = []
try {
  const shared = await createSchema()
  while (sharing.length < Math.max(...replicaCounts)) {
    sharing.push(await startReplica({ url, schema: shared, keys }))
    apart.push(await startReplica({ url, schema: await createSchema(), keys }))
  }
  // Each by itself: what is not compiled yet costs several times as much.
  for (const replica of [...sharing, ...apart]) await measure([replica], { seconds: 10, maxRequests: 3_000 })

  const samples = replicaCounts.map((count) => ({
    count,
    sharing: [] as Measured[],
    apart: [] as Measured[],
  }))
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const sample of samples) {
      const limits = { seconds, maxRequests: 100_000 }
      sample.sharing.push(await measure(sharing.slice(0, sample.count), limits, 1))
      sample.apart.push(await measure(apart.slice(0, sample.count), limits))
    }
  }
  console.log('replicas: refreshes a second and CPU of a gateway in µs for one, sharing tables and apart')
  for (const sample of samples) {
    const columns = [sample.sharing, sample.apart].flatMap((measured) => [
      median(measured.map(({ rate }) => rate)),
      median(measured.map(({ cpu }) => cpu)),
    ])
    const ratio = median(sample.sharing.map(({ cpu }, round) => cpu / (sample.apart[round]?.cpu ?? 0)))
    console.log(
      `  ${sample.count} ${columns.map((figure) => figure.toFixed(0).padStart(6)).join(' ')}  × ${ratio.toFixed(2)}`,
    )
  }
} finally {
  await Promise.all([...sharing, ...apart].map(({ child }) => child.stop()))
  for (const schema of schemas) await admin.query(`DROP SCHEMA ${schema} CASCADE`)
  await admin.end()
}

interface Replica {
  readonly child: Child
  readonly origin: string
}

interface Measured {
  /** Answers a second, of all replicas. */
  readonly rate: number
  /** Microseconds for an answer, of all threads of the process that gave it. */
  readonly cpu: number
}

async function createSchema(): Promise<string> {
  const schema = `replicas_${randomUUID().replaceAll('-', '')}`
  await admin.query(`CREATE SCHEMA ${schema}`)
  schemas.push(schema)
  const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 1 })
  await migratePostgres(pool)
  await pool.end()
  return schema
}

async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const child = startChild(new URL('replica-process.ts', import.meta.url))
  return { child, origin: `http://127.0.0.1:${await child.ask<number>('start', options)}` }
}

/** @param distance how many replicas further on the tokens of a replica are presented */
async function measure(
  asked: readonly Replica[],
  limits: Pick<LoadOptions, 'seconds' | 'maxRequests'>,
  distance = 0,
): Promise<Measured> {
  const jobs = await Promise.all(asked.map(({ child }) => child.ask<Job>('makeJob', connections)))
  const cpuOfAll = async () => {
    const each = await Promise.all(asked.map(({ child }) => child.ask<number>('cpu')))
    return each.reduce((sum, one) => sum + one, 0)
  }
  const before = await cpuOfAll()
  const results = await Promise.all(
    jobs.map((job, index) => {
      const origin = asked[(index + distance) % asked.length]?.origin ?? ''
      return runJob(job, { origin, connections, ...limits })
    }),
  )
  const cpu = (await cpuOfAll()) - before
  const requests = results.reduce((sum, result) => sum + result.requests, 0)
  const failed = results.find(({ failures }) => failures > 0)
  if (failed) throw new Error(`a refresh was refused: ${failed.firstFailure}`)
  return {
    rate: results.reduce((sum, result) => sum + result.requests / result.seconds, 0),
    cpu: cpu / requests,
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
