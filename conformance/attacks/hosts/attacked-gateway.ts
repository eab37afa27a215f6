import { createGateway, type Gateway, type GatewayOptions } from '@portico/gateway'
import { defineProvider } from '@portico/provider'
import { createSafeFetch, type SafeFetchOptions } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'
import { z } from 'zod'

/** A provider package like any other; its identity provider is scripted. */
export const scriptedProvider = defineProvider({
  id: 'scripted',
  name: 'Scripted IdP',
  options: { issuer: z.url() },
  derive: ({ issuer }) => ({
    oidc: { issuer, jwksUrl: `${issuer}/jwks`, endSessionUrl: `${issuer}/logout` },
    browserLogin: { url: `${issuer}/authorize`, tokenUrl: `${issuer}/token` },
  }),
})

/** Options of the gateway that are data alone: they can be told to another process. */
export type GatewayData = Omit<
  Partial<GatewayOptions>,
  'providers' | 'storage' | 'now' | 'fetch' | 'upstreamFetch' | 'onEvent' | 'onError' | 'metrics'
>

export type GatewayEvent = Parameters<NonNullable<GatewayOptions['onEvent']>>[0]

/** What a gateway is made of, as data. */
export interface GatewaySetup {
  readonly options: GatewayData
  readonly providers: readonly Parameters<typeof scriptedProvider>[0][]
  /**
   * How the guarded fetch is set up, which judges what the {@link Surroundings} are then asked for; `own` is the fetch
   * that the gateway makes for itself.
   */
  readonly safeFetch: Pick<SafeFetchOptions, 'allowHosts'> | 'own'
}

/** Everything around a gateway, played by the test. */
export interface Surroundings {
  /** Unix seconds. */
  readonly now: () => number
  readonly storage: Storage
  /** Every server but the upstreams. */
  readonly outside: (request: Request) => Promise<Response>
  readonly upstream: (request: Request) => Promise<Response>
  /** Looks host names up; without it, nothing is resolved and addresses are judged as written. */
  readonly resolve?: SafeFetchOptions['resolve']
  readonly onEvent: (event: GatewayEvent) => void
  readonly onError: (error: unknown) => void
}

/** @throws {ConfigError} when an option is wrong */
export function attackedGateway(
  { options, providers, safeFetch }: GatewaySetup,
  { now, storage, outside, upstream, resolve, onEvent, onError }: Surroundings,
): Gateway {
  const guarded = (url: string, init: RequestInit) => outside(new Request(url, init))
  return createGateway({
    routes: [],
    ...options,
    providers: providers.map((each) => scriptedProvider(each)),
    storage,
    now,
    fetch: safeFetch === 'own' ? undefined : createSafeFetch({ ...safeFetch, resolve, fetch: guarded }),
    upstreamFetch: (url, init) => upstream(new Request(url, init)),
    onEvent,
    onError,
  })
}
