import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { StorageUnavailableError } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { describeStorage } from '@portico/testkit'
import { Miniflare } from 'miniflare'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { durableObjectStorage } from '../src/index.ts'
import type { Answer, Question } from './worker.ts'

let script: string
let workerd: Miniflare
beforeAll(async () => {
  const bundle = await rolldown({
    input: new URL('./worker.ts', import.meta.url).pathname,
    resolve: { conditionNames: ['@portico/source', 'workerd', 'import'] },
  })
  const { output } = await bundle.generate({ format: 'esm' })
  script = output[0].code
  workerd = await start()
})
afterAll(() => workerd.dispose())

/** Without a directory, what the objects hold is gone when workerd is. */
async function start(directory?: string): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: true,
    script,
    compatibilityDate: '2026-01-01',
    ...(directory !== undefined && { durableObjectsPersist: directory }),
    durableObjects: {
      STORAGE: { className: 'StorageObject', useSQLite: true },
      BROKEN: { className: 'BrokenObject', useSQLite: true },
    },
  })
  await miniflare.ready
  return miniflare
}

/** A storage whose calls are made by a Worker. Those made together arrive in one request and run at the same time. */
function inWorker(binding: Question['binding'], now: () => number, miniflare = workerd): Storage {
  let waiting: { question: Question; caller: PromiseWithResolvers<unknown> }[] = []
  const flush = async (): Promise<void> => {
    const calls = waiting
    waiting = []
    const body = JSON.stringify(calls.map(({ question }) => question))
    const response = await miniflare.dispatchFetch('http://worker.test/', { method: 'POST', body })
    const answers = (await response.json()) as Answer[]
    for (const [index, { caller }] of calls.entries()) {
      const { result, error } = answers[index] ?? {}
      const Failure = error?.name === 'StorageUnavailableError' ? StorageUnavailableError : Error
      if (error === undefined) caller.resolve(result)
      else caller.reject(new Failure(error.message, { cause: error.cause }))
    }
  }
  const ask =
    (verb: keyof Storage) =>
    (...parameters: unknown[]): Promise<unknown> => {
      const caller = Promise.withResolvers<unknown>()
      const question = { binding, time: now(), verb, parameters: structuredClone(parameters) }
      if (waiting.push({ question, caller }) === 1) queueMicrotask(() => void flush())
      return caller.promise
    }
  const verbs = ['get', 'set', 'take', 'delete', 'list', 'deleteGroup'] as const
  return Object.fromEntries(verbs.map((verb) => [verb, ask(verb)])) as unknown as Storage
}

describeStorage('durable object, in workerd', (now) => inWorker('STORAGE', now), {
  another: (now) => inWorker('STORAGE', now),
  unavailable: (now) => inWorker('BROKEN', now),
})

describe('StorageObject', () => {
  it('still has its records, and versions that never come back, when it is started anew', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-durable-object-'))
    const first = await start(directory)
    const before = inWorker('STORAGE', () => 1000, first)
    await before.set(['grant', 'g1'], { value: { deep: [1] }, group: 'g' })
    await before.set(['grant', 'g2'], { value: 2 })
    const stored = await before.get(['grant', 'g1'])
    const removed = await before.take(['grant', 'g2'])
    await first.dispose()

    const second = await start(directory)
    const after = inWorker('STORAGE', () => 1000, second)
    expect(await after.list('g')).toEqual([stored])
    await after.set(['grant', 'g2'], { value: 3 })
    expect((await after.get(['grant', 'g2']))?.version).toBeGreaterThan(removed?.version ?? Infinity)
    await second.dispose()
    rmSync(directory, { recursive: true })
  })
})

describe('durableObjectStorage', () => {
  it('names one object of the namespace, and asks it anew for every call', async () => {
    const asked: string[] = []
    const namespace = {
      idFromName: (name: string) => name,
      get: (id: string) => ({
        fetch: async () => {
          asked.push(id)
          return Response.json([])
        },
      }),
    }
    await durableObjectStorage(namespace).get(['code', 'c1'])
    await durableObjectStorage(namespace, { name: 'eu' }).get(['code', 'c1'])
    expect(asked).toEqual(['portico', 'eu'])
  })

  it('takes an answer other than 200 for a failure', async () => {
    const answering = (status: number) => ({
      idFromName: (name: string) => name,
      get: () => ({ fetch: async () => Response.json([], { status }) }),
    })
    await expect(durableObjectStorage(answering(200)).get(['code', 'c1'])).resolves.toBeUndefined()
    await expect(durableObjectStorage(answering(503)).get(['code', 'c1'])).rejects.toThrow(
      StorageUnavailableError,
    )
  })
})
