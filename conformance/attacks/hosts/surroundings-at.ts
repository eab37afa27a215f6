import { type Storage, StorageUnavailableError } from '@portico/storage'

import type { Surroundings } from './attacked-gateway.ts'

/** The address that a gateway in another process meant, where a request came here instead. */
export const meantHeader = 'x-attack-meant'

/** Whether it would have followed redirects. */
export const redirectHeader = 'x-attack-redirect'

/** A call of the storage, as JSON: what is not given is `null` there. */
export interface StorageCall {
  readonly verb: keyof Storage
  readonly given: readonly unknown[]
}

/** What surrounds a gateway, for its process: the other end of `serveSurroundings`. */
export function surroundingsAt(
  origin: string,
): Pick<Surroundings, 'storage' | 'outside' | 'upstream'> & Required<Pick<Surroundings, 'resolve'>> {
  const bring = (path: string) => async (request: Request) => {
    const { url, method, signal, redirect } = request
    const headers = new Headers(request.headers)
    headers.set(meantHeader, url)
    headers.set(redirectHeader, redirect)
    const body = request.body === null ? {} : { body: await request.arrayBuffer() }
    return fetch(`${origin}${path}`, { method, headers, signal, redirect: 'manual', ...body })
  }
  const call = async (verb: keyof Storage, ...given: readonly unknown[]) => {
    const body = JSON.stringify({ verb, given } satisfies StorageCall)
    const response = await fetch(`${origin}/storage`, { method: 'POST', body })
    const answer = (await response.json()) as { readonly result?: unknown; readonly unavailable?: string }
    if (answer.unavailable !== undefined) throw new StorageUnavailableError(answer.unavailable)
    return answer.result as never
  }
  return {
    outside: bring('/outside'),
    upstream: bring('/upstream'),
    async resolve(host) {
      return (await (await fetch(`${origin}/resolve`, { method: 'POST', body: host })).json()) as string[]
    },
    storage: {
      get: (key) => call('get', key),
      set: (key, entry, when) => call('set', key, entry, when),
      take: (key) => call('take', key),
      delete: (key) => call('delete', key),
      list: (group) => call('list', group),
      deleteGroup: (group) => call('deleteGroup', group),
    },
  }
}
