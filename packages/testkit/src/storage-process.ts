import { fork } from 'node:child_process'
import { once } from 'node:events'

import { StorageUnavailableError } from '@portico/storage'
import type { Storage } from '@portico/storage'

import type { OpenStorage } from './describe-storage.ts'

type Verb = keyof Storage
interface Question {
  readonly id: number
  readonly time: number
  readonly verb: Verb
  readonly parameters: Parameters<Storage[Verb]>
}
interface Failure {
  readonly unavailable: boolean
  readonly message: string
  readonly cause: string
}
interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: Failure
}

/**
 * Opens handles that live in processes of their own: each call starts the script with the arguments, which answers
 * by {@link serveStorage}. The handle goes by the caller's clock and ends its process when it is disposed of.
 */
export function spawnStorage(
  script: URL,
  ...args: readonly string[]
): (now: () => number) => Promise<Storage & AsyncDisposable> {
  return async (now) => {
    const child = fork(script, args, {
      execArgv: ['--conditions=@portico/source'],
      serialization: 'advanced',
    })
    const waiting = new Map<number, PromiseWithResolvers<unknown>>()
    let lastId = 0
    child.on('message', ({ id, result, error }: Answer) => {
      const caller = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) return caller?.resolve(result)
      const Class = error.unavailable ? StorageUnavailableError : Error
      caller?.reject(new Class(error.message, { cause: error.cause }))
    })
    child.on('exit', (code, signal) => {
      const error = new Error(`the storage process ended (${signal ?? code})`)
      for (const { reject } of waiting.values()) reject(error)
    })
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`${script.pathname} ended before it served a storage`)
      }),
    ])

    const ask =
      (verb: Verb) =>
      (...parameters: Parameters<Storage[Verb]>) => {
        const caller = Promise.withResolvers<unknown>()
        waiting.set(++lastId, caller)
        child.send({ id: lastId, time: now(), verb, parameters } satisfies Question)
        return caller.promise
      }
    const storage = Object.fromEntries(
      (['get', 'set', 'take', 'delete', 'list', 'deleteGroup'] as const).map((verb) => [verb, ask(verb)]),
    ) as unknown as Storage
    return Object.assign(storage, {
      async [Symbol.asyncDispose]() {
        if (child.exitCode !== null || child.signalCode !== null) return
        child.disconnect()
        await once(child, 'exit')
      },
    })
  }
}

/** What the script of {@link spawnStorage} calls: answers for a storage until its parent goes away. */
export async function serveStorage(open: OpenStorage): Promise<void> {
  let time = 0
  const storage = await open(() => time)
  const answer = (message: Answer): void => void process.send?.(message)
  process.on('disconnect', () => process.exit())
  process.on('message', ({ id, time: asked, verb, parameters }: Question) => {
    time = asked
    const call = storage[verb] as (...parameters: unknown[]) => Promise<unknown>
    call(...parameters).then(
      (result) => answer({ id, result }),
      (error: unknown) => answer({ id, error: described(error) }),
    )
  })
  answer({ id: 0 })
}

function described(error: unknown): Failure {
  if (!(error instanceof Error)) return { unavailable: false, message: String(error), cause: '' }
  return {
    unavailable: error instanceof StorageUnavailableError,
    message: error.message,
    cause: String(error.cause),
  }
}
