import type { Storage } from '@portico/storage'

import { durableObjectStorage, StorageObject, type DurableObjectNamespace } from '../src/index.ts'

export { StorageObject }

/** Stands for an object that is out of reach. */
export class BrokenObject {
  fetch(): Response {
    throw new Error('the object has been reset')
  }
}

interface Environment {
  readonly STORAGE: DurableObjectNamespace
  readonly BROKEN: DurableObjectNamespace
}

export interface Question {
  readonly binding: 'STORAGE' | 'BROKEN'
  readonly time: number
  readonly verb: keyof Storage
  readonly parameters: readonly unknown[]
}

export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly name: string; readonly message: string; readonly cause: string }
}

async function answer(
  { binding, time, verb, parameters }: Question,
  environment: Environment,
): Promise<Answer> {
  const storage = durableObjectStorage(environment[binding], { now: () => time })
  const call = storage[verb] as (...parameters: readonly unknown[]) => Promise<unknown>
  try {
    return { result: await call(...parameters) }
  } catch (error) {
    const { name, message, cause } = error as Error
    return { error: { name, message, cause: String(cause) } }
  }
}

/** Answers for the storage over HTTP, so that checks on the outside reach what runs in workerd. */
// oxlint-disable-next-line import/no-default-export -- what workerd asks for
export default {
  fetch: async (request: Request, environment: Environment): Promise<Response> =>
    Response.json(
      await Promise.all(
        ((await request.json()) as Question[]).map((question) => answer(question, environment)),
      ),
    ),
}
