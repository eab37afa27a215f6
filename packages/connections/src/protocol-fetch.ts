import { allowInsecureRequests, customFetch } from 'oauth4webapi'

import type { ConnectionContext } from './connection-context.ts'

const maximumBytes = 262_144

/** Lets the protocol client send through the guarded fetch, which alone decides what may be reached. */
export function protocolFetch({ fetch }: Pick<ConnectionContext, 'fetch'>) {
  const send = (
    url: string,
    {
      method,
      headers,
      body,
    }: { method?: string; headers: Record<string, string>; body?: URLSearchParams | string | null },
  ): Promise<Response> =>
    fetch(url, {
      method: method === 'GET' ? 'GET' : 'POST',
      headers,
      maxBytes: maximumBytes,
      ...(body !== undefined && body !== null && { body: body.toString() }),
    })
  return {
    [customFetch]: send as never,
    // The guarded fetch decides: plain http only on loopback in development.
    // oxlint-disable-next-line typescript/no-deprecated -- marked so in order to stand out
    [allowInsecureRequests]: true,
  } as const
}
