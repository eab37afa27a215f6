import type { ConfigFiles, Gateway } from '@portico/gateway'
import { durableObjectStorage, type DurableObjectNamespace } from '@portico/storage-durable-object'

import { openGateway } from './open-gateway.ts'

/** A binding of the Worker whose objects answer requests. */
interface ObjectNamespace {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(request: Request): Promise<Response> }
}

/** What the Worker is given: two objects, settings and secrets. What else is text, the configuration files may name. */
export interface WorkerEnvironment {
  readonly GATEWAY: ObjectNamespace
  readonly STORAGE: DurableObjectNamespace
  readonly PORTICO_KEYS: string
  readonly PORTICO_PUBLIC_URL?: string
}

/** What is bundled: the configuration files, and the provider packages that they name. */
export interface BundledConfiguration extends Pick<ConfigFiles, 'policies' | 'routes'> {
  readonly modules: Readonly<Record<string, object>>
}

/** The class of the object that the gateway lives in. */
export interface GatewayObjectClass {
  new (state: unknown, environment: WorkerEnvironment): { fetch(request: Request): Promise<Response> }
}

/**
 * The gateway as a Durable Object. What a Worker begins in one request it must not wait for in another, and two requests
 * of one client may meet two Workers; an object outlives requests, and so do the gateway's connections and caches in it.
 */
export function gatewayObject(configuration: BundledConfiguration): GatewayObjectClass {
  return class {
    readonly #environment: WorkerEnvironment
    #opening: Promise<Gateway> | undefined

    constructor(_state: unknown, environment: WorkerEnvironment) {
      this.#environment = environment
    }

    async fetch(request: Request): Promise<Response> {
      // Not in the constructor: a provider that is configured by its issuer alone is asked for its metadata first.
      this.#opening ??= open(configuration, this.#environment).catch((error: unknown) => {
        this.#opening = undefined
        throw error
      })
      const gateway = await this.#opening
      // Cloudflare writes this header itself, whatever a client sends.
      const clientAddress = request.headers.get('cf-connecting-ip') ?? undefined
      return gateway.fetch(request, { clientAddress })
    }
  }
}

/** Sends every request to the one object that the gateway lives in. */
export function fetchFromGatewayObject(request: Request, { GATEWAY }: WorkerEnvironment): Promise<Response> {
  return GATEWAY.get(GATEWAY.idFromName('portico')).fetch(request)
}

function open({ modules, ...files }: BundledConfiguration, environment: WorkerEnvironment): Promise<Gateway> {
  const texts = Object.entries(environment).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return openGateway({
    ...files,
    environment: Object.fromEntries(texts),
    importModule: async (specifier) => {
      const module = modules[specifier]
      if (module) return module
      const code = 'ERR_MODULE_NOT_FOUND'
      throw Object.assign(new Error(`Cannot find '${specifier}' among the bundled modules`), { code })
    },
    publicUrl: environment.PORTICO_PUBLIC_URL,
    keys: environment.PORTICO_KEYS.split(',').map((key) => key.trim()),
    storage: durableObjectStorage(environment.STORAGE),
  })
}
