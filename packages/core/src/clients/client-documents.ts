import { isLoopbackHost, type SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'

import type { AuditEvent } from '../audit-event.ts'
import { BoundedMap } from '../bounded-map.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord, Found } from '../records.ts'
import { records } from '../records.ts'
import { cacheLifetimeSeconds } from './cache-lifetime.ts'
import { documentAuthMethods } from './document-auth-methods.ts'
import { type DocumentPolicy, documentTrust } from './document-trust.ts'
import type { FetchBudget } from './fetch-budget.ts'

/** What the client is needed for: a token request must not fail because a document went away meanwhile (CIMD-25). */
export type ClientUse = 'authorize' | 'token'

/** Clients whose id is the URL of a document about them (Client ID Metadata Documents). */
export interface ClientDocuments {
  /** `undefined` for every kind of failure: the outside learns nothing about what is behind the URL (CIMD-16). */
  find(
    clientId: string,
    use: ClientUse,
    /** That of the request. */
    emit?: (event: AuditEvent) => void,
  ): Promise<ClientRecord | undefined>
}

export interface ClientDocumentsOptions {
  readonly storage: Storage
  readonly fetch: SafeFetch
  readonly budget: FetchBudget
  /** Unix seconds. */
  readonly now: () => number
  readonly emit: (event: AuditEvent) => void
  readonly privateUseSchemes: readonly string[]
  readonly documentPolicy: DocumentPolicy
  /** Those that a client may name. */
  readonly grantTypes: readonly string[]
  /** How long a document is kept whose client was never issued a token. */
  readonly unusedTtlSeconds: number
  /** How long the last good document is kept for token requests after it was last fetched. */
  readonly ttlSeconds: number
  /** Loopback ids, by http too, while this server itself runs on loopback (CIMD-12). */
  readonly development: boolean
}

const maxDocumentBytes = 5120
const timeoutMs = 5000
/** A document that is answered but bad or gone serves tokens for this long; one that cannot be reached for longer. */
const goneGraceSeconds = 86_400
const retryPauseSeconds = 60
const maxPaused = 1000
const maxIdLength = 512

export function createClientDocuments(options: ClientDocumentsOptions): ClientDocuments {
  const { storage, now } = options
  // One fetch at a time per document (CIMD-14): everybody who asks meanwhile gets its result.
  const running = new Map<string, Promise<ClientRecord>>()
  const pausedUntil = new BoundedMap<string, number>(maxPaused)

  const isFresh = (client: ClientRecord): boolean => now() < (client.document?.freshUntil ?? 0)

  const refresh = (clientId: string): Promise<ClientRecord> => {
    const already = running.get(clientId)
    if (already) return already
    const fetching = fetchUnlessFresh(clientId).finally(() => running.delete(clientId))
    running.set(clientId, fetching)
    return fetching
  }

  /** Looks again: somebody else's fetch may have ended since the caller looked. */
  const fetchUnlessFresh = async (clientId: string): Promise<ClientRecord> => {
    const stored = await records(storage, 'client').get(clientId)
    return stored && isFresh(stored.value) ? stored.value : fetchDocument(options, clientId, stored)
  }

  return {
    async find(clientId, use, emit = options.emit) {
      if (!isDocumentId(clientId, options.development)) return undefined
      // CIMD-23: before anything is fetched, and whatever is stored of it.
      if (documentTrust(options.documentPolicy, clientId) === 'deny') {
        emit({ name: 'client.document_refused', outcome: 'denied', clientId, reason: 'host_denied' })
        return undefined
      }
      const stored = await records(storage, 'client').get(clientId)
      const document = stored?.value.document
      if (stored && isFresh(stored.value)) return stored.value
      // A host that is away must not slow down every token request of its client.
      const pausing = now() < (pausedUntil.get(clientId) ?? 0)
      if (use === 'token' && stored && pausing) return stored.value
      try {
        return await refresh(clientId)
      } catch (error) {
        const reason = failureReason(error)
        emit({
          name: 'client.document_refused',
          outcome: 'failure',
          clientId,
          reason,
          detail: { message: error instanceof Error ? error.message : '' },
          cause: error,
        })
        const gone = reason === 'refused' && now() >= (document?.fetchedAt ?? 0) + goneGraceSeconds
        if (use === 'token' && stored && !gone) {
          pausedUntil.set(clientId, now() + retryPauseSeconds)
          return stored.value
        }
        if (reason === 'limited') throw error
        return undefined
      }
    },
  }
}

function failureReason(error: unknown): 'unreachable' | 'refused' | 'limited' {
  if (error instanceof DocumentError) return error.reason
  if (error instanceof OAuthError) return 'limited'
  throw error
}

/** CIMD-02: what a URL must look like to be a client id. Compared and stored as written. */
function isDocumentId(clientId: string, development: boolean): boolean {
  if (clientId.length > maxIdLength) return false
  const [, scheme, host = '', path] = /^(https?):\/\/([^/?#@\\\s]+)(\/[\x21-\x7E]*)$/.exec(clientId) ?? []
  if (path === undefined || /[#\\"<>^`{|}]/.test(path) || !URL.canParse(clientId)) return false
  if (/(^|\/)(\.|%2e){1,2}(\/|\?|$)/i.test(path)) return false
  const { hostname, host: parsedHost } = new URL(clientId)
  if (scheme === 'http' && !(development && isLoopbackHost(hostname))) return false
  return host === parsedHost || host === `${parsedHost}:443`
}

/** Why a document could not be used; for the operator's log alone. */
class DocumentError extends Error {
  override readonly name = 'DocumentError'
  readonly reason: 'unreachable' | 'refused'

  constructor(reason: 'unreachable' | 'refused', message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

async function fetchDocument(
  options: ClientDocumentsOptions,
  clientId: string,
  stored: Found<ClientRecord> | undefined,
): Promise<ClientRecord> {
  options.budget.spend(clientId)
  const etag = stored?.value.document?.etag
  let response: Response
  try {
    response = await options.fetch(clientId, {
      headers: { accept: 'application/json', ...(etag !== undefined && { 'if-none-match': etag }) },
      maxBytes: maxDocumentBytes,
      timeoutMs,
    })
  } catch (cause) {
    throw new DocumentError('unreachable', 'The document cannot be fetched.', { cause })
  }
  if (response.status >= 500) {
    throw new DocumentError('unreachable', `The document was answered with status ${response.status}.`)
  }

  const unchanged = response.status === 304 && stored
  const described = unchanged ? stored.value : await describeClient(options, clientId, response)
  const nextEtag = response.headers.get('etag') ?? (unchanged ? etag : undefined)
  const fetchedAt = options.now()
  const client: ClientRecord = {
    ...described,
    createdAt: stored?.value.createdAt ?? fetchedAt,
    ...(stored?.value.usedAt !== undefined && { usedAt: stored.value.usedAt }),
    document: {
      fetchedAt,
      freshUntil: fetchedAt + cacheLifetimeSeconds(response.headers),
      ...(nextEtag !== undefined && nextEtag.length <= 200 && { etag: nextEtag }),
    },
  }
  const keptFor = client.usedAt === undefined ? options.unusedTtlSeconds : options.ttlSeconds
  await records(options.storage, 'client').set(clientId, client, { expiresAt: fetchedAt + keptFor })
  return client
}

async function describeClient(
  options: ClientDocumentsOptions,
  clientId: string,
  response: Response,
): Promise<ClientRecord> {
  if (response.status !== 200) {
    throw new DocumentError('refused', `The document was answered with status ${response.status}, not 200.`)
  }
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(response.headers.get('content-type') ?? '')) {
    throw new DocumentError('refused', 'The document must be application/json.')
  }
  const document = await parseObject(response)
  // CIMD-03: character by character.
  if (document.client_id !== clientId) {
    throw new DocumentError('refused', 'client_id in the document is not the URL of the document.')
  }
  for (const member of ['client_secret', 'client_secret_expires_at'].filter((name) => name in document)) {
    throw new DocumentError('refused', `${member} must not be in a document that everybody can read.`)
  }
  const { parseClientMetadata } = await import('./client-metadata.ts')
  try {
    const metadata = parseClientMetadata(document, options.privateUseSchemes, options.grantTypes)
    if (metadata.name === undefined) throw new DocumentError('refused', 'client_name is missing.')
    return {
      ...metadata,
      ...documentAuthMethods(document.token_endpoint_auth_methods_supported, metadata),
      clientId,
      origin: 'document',
      createdAt: 0,
    }
  } catch (error) {
    if (error instanceof OAuthError) throw new DocumentError('refused', error.message, { cause: error })
    throw error
  }
}

async function parseObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const document: unknown = await response.json()
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      return document as Record<string, unknown>
    }
  } catch (cause) {
    throw new DocumentError('refused', 'The document is not JSON.', { cause })
  }
  throw new DocumentError('refused', 'The document must be a JSON object.')
}
