import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'

import type { Exchanges } from './exchanges.ts'
import type { SdkCredentials } from './sdk-credentials.ts'

/** A way from an MCP endpoint to a connected client of the official SDK. */
export interface SdkSession {
  /** Connects without tokens: the SDK discovers, registers, and asks for the user's browser. */
  askForLogin(): Promise<void>
  /** Redeems the answer that the browser brought back. */
  finishLogin(callback: URLSearchParams): Promise<void>
  /** Connects with tokens. */
  connect(): Promise<Client>
}

/**
 * One client in front of one endpoint.
 *
 * @param mode how it finds out which protocol era the endpoint speaks
 */
export function createSdkSession(
  url: string,
  credentials: SdkCredentials,
  exchanges: Exchanges,
  mode: VersionNegotiationMode = 'auto',
): SdkSession {
  const createTransport = (): StreamableHTTPClientTransport =>
    new StreamableHTTPClientTransport(new URL(url), { authProvider: credentials, fetch: exchanges.fetch })
  const createClient = (): Client =>
    new Client({ name: 'portico-demo-check', version: '1.0.0' }, { versionNegotiation: { mode } })
  let waiting = createTransport()

  return {
    async askForLogin() {
      waiting = createTransport()
      try {
        await createClient().connect(waiting)
      } catch (error) {
        if (error instanceof UnauthorizedError) return
        throw error
      }
      throw new Error('The client could connect without a login.')
    },
    finishLogin: (callback) => waiting.finishAuth(callback),
    async connect() {
      const client = createClient()
      await client.connect(createTransport())
      return client
    },
  }
}
