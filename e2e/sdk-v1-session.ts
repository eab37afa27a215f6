import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Exchanges } from '@portico/gateway-app/check/exchanges'
import type { SdkCredentials } from '@portico/gateway-app/check/sdk-credentials'

/** What these tests ask of a connected client, whatever its generation. */
export interface ConnectedClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>
  /** Calls a tool and counts its progress notifications. */
  callTool(
    name: string,
    input: Record<string, unknown>,
  ): Promise<{ readonly result: unknown; readonly progress: number }>
  readResource(uri: string): Promise<unknown>
  getPrompt(name: string, input: Record<string, string>): Promise<unknown>
  close(): Promise<void>
}

/** A way from an endpoint to a connected client of the first generation of the SDK. */
export function createSdkV1Session(url: string, credentials: SdkCredentials, exchanges: Exchanges) {
  // The first generation has the same provider without contexts; only its type of the discovery state is narrower.
  const authProvider = credentials as unknown as NonNullable<
    ConstructorParameters<typeof StreamableHTTPClientTransport>[1]
  >['authProvider']
  const createTransport = (): StreamableHTTPClientTransport =>
    new StreamableHTTPClientTransport(new URL(url), {
      fetch: exchanges.fetch,
      ...(authProvider === undefined ? {} : { authProvider }),
    })
  const createClient = (): Client => new Client({ name: 'portico-e2e', version: '1.0.0' })
  let waiting = createTransport()

  return {
    async askForLogin(): Promise<void> {
      waiting = createTransport()
      const refused = await createClient()
        .connect(waiting)
        .then(
          () => undefined,
          (error: unknown) => error,
        )
      if (!(refused instanceof UnauthorizedError))
        throw new Error('No login was asked for', { cause: refused })
    },
    async finishLogin(callback: URLSearchParams): Promise<void> {
      await waiting.finishAuth(callback.get('code') ?? '')
    },
    async connect(): Promise<ConnectedClient> {
      const client = createClient()
      await client.connect(createTransport())
      return {
        listTools: () => client.listTools(),
        async callTool(name, input) {
          let progress = 0
          const onprogress = (): void => void (progress += 1)
          const result = await client.callTool({ name, arguments: input }, undefined, { onprogress })
          return { result, progress }
        },
        readResource: (uri) => client.readResource({ uri }),
        getPrompt: (name, input) => client.getPrompt({ name, arguments: input }),
        close: () => client.close(),
      }
    },
  }
}
