import { createGateway, type Gateway } from '@portico/gateway'
import { logto } from '@portico/logto'
import { durableObjectStorage, type DurableObjectNamespace } from '@portico/storage-durable-object'

export { StorageObject } from '@portico/storage-durable-object'

/** The bindings, variables and secrets of `wrangler.jsonc`. */
interface Environment {
  readonly GATEWAY: {
    idFromName(name: string): unknown
    get(id: unknown): { fetch(request: Request): Promise<Response> }
  }
  readonly STORAGE: DurableObjectNamespace
  /** Empty on this machine, for `wrangler dev`. */
  readonly PUBLIC_URL: string
  readonly LOGTO_ENDPOINT: string
  readonly LOGTO_CLIENT_ID: string
  readonly LOGTO_CLIENT_SECRET: string
  readonly UPSTREAM_URL: string
  readonly PORTICO_KEYS: string
}

/**
 * The gateway lives in an object, because it keeps connections and caches from one request to the next, which a Worker
 * itself must not do.
 */
export class GatewayObject {
  readonly #gateway: Gateway

  constructor(_state: unknown, environment: Environment) {
    const { PUBLIC_URL, LOGTO_ENDPOINT, LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET } = environment
    this.#gateway = createGateway({
      publicUrl: PUBLIC_URL || undefined,
      providers: [
        logto(
          { logtoEndpoint: LOGTO_ENDPOINT, clientId: LOGTO_CLIENT_ID, clientSecret: LOGTO_CLIENT_SECRET },
          { development: PUBLIC_URL === '' },
        ),
      ],
      routes: [{ path: '/mcp', id: 'tools', name: 'Tools', upstream: { url: environment.UPSTREAM_URL } }],
      storage: durableObjectStorage(environment.STORAGE),
      keys: environment.PORTICO_KEYS.split(','),
    })
  }

  fetch(request: Request): Promise<Response> {
    // Cloudflare writes this header itself, whatever a client sends.
    const clientAddress = request.headers.get('cf-connecting-ip') ?? undefined
    return this.#gateway.fetch(request, { clientAddress })
  }
}

// oxlint-disable-next-line import/no-default-export -- what Workers ask for
export default {
  fetch: (request: Request, { GATEWAY }: Environment): Promise<Response> =>
    GATEWAY.get(GATEWAY.idFromName('gateway')).fetch(request),
}
