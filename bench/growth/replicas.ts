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

// What a refresh at the token endpoint costs a gateway that shares its PostgreSQL with others. Each is asked for tokens
// that another one has issued.

const replicaCounts = [1, 2, 3]
/** Of all replicas together, so that the machine has as much to do whatever their number. */
const connections = 12

const { values } = parseArgs({
  options: {
    postgres: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
  },
})
if (values.postgres === undefined) throw new Error('--postgres names the database that the replicas share')
const url = values.postgres
const seconds = Number(values.seconds)

const schema = `replicas_${randomUUID().replaceAll('-', '')}`
const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 1 })
await pool.query(`CREATE SCHEMA ${schema}`)
const replicas: Replica[] = []
try {
  await migratePostgres(pool)
  const keys = [randomBytes(32).toString('base64url')]
  while (replicas.length < Math.max(...replicaCounts))
    replicas.push(await startReplica({ url, schema, keys }))
  // Each by itself: what is not compiled yet costs several times as much.
  for (const replica of replicas) await measure([replica], { seconds: 10, maxRequests: 3_000 })

  const samples = replicaCounts.map((count) => ({ count, measured: [] as Measured[] }))
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const { count, measured } of samples)
      measured.push(await measure(replicas.slice(0, count), { seconds, maxRequests: 100_000 }))
  }
  for (const { count, measured } of samples) {
    const of = (pick: (one: Measured) => number) => median(measured.map(pick)).toFixed(0)
    console.log(
      `${count} ${count === 1 ? 'replica' : 'replicas'}: ${of(({ rate }) => rate)} refreshes a second, ${of(({ cpu }) => cpu)} µs of CPU of a gateway for one`,
    )
  }
} finally {
  await Promise.all(replicas.map(({ child }) => child.stop()))
  await pool.query(`DROP SCHEMA ${schema} CASCADE`)
  await pool.end()
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

async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const child = startChild(new URL('replica-process.ts', import.meta.url))
  return { child, origin: `http://127.0.0.1:${await child.ask<number>('start', options)}` }
}

async function measure(
  asked: readonly Replica[],
  limits: Pick<LoadOptions, 'seconds' | 'maxRequests'>,
): Promise<Measured> {
  const ofEach = connections / asked.length
  const jobs = await Promise.all(asked.map(({ child }) => child.ask<Job>('makeJob', ofEach)))
  const cpuOfAll = async () => {
    const each = await Promise.all(asked.map(({ child }) => child.ask<number>('cpu')))
    return each.reduce((sum, one) => sum + one, 0)
  }
  const before = await cpuOfAll()
  const results = await Promise.all(
    jobs.map((job, index) => {
      const other = asked[(index + 1) % asked.length] ?? asked[0]
      const options = { origin: other?.origin ?? '', connections: ofEach, ...limits }
      return runJob(job, options)
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
