import type { VersionNegotiationMode } from '@modelcontextprotocol/client'
import type { Exchanges } from '@portico/gateway-app/check/exchanges'
import type { SdkCredentials } from '@portico/gateway-app/check/sdk-credentials'
import { createSdkSession } from '@portico/gateway-app/check/sdk-session'

import type { ConnectedClient } from './sdk-v1-session.ts'

/** A way from an endpoint to a connected client of the second generation of the SDK, in one of its eras. */
export function createSdkV2Session(
  url: string,
  credentials: SdkCredentials,
  exchanges: Exchanges,
  mode: VersionNegotiationMode,
) {
  const session = createSdkSession(url, credentials, exchanges, mode)
  return {
    askForLogin: () => session.askForLogin(),
    finishLogin: (callback: URLSearchParams) => session.finishLogin(callback),
    async connect(): Promise<ConnectedClient> {
      const client = await session.connect()
      return {
        listTools: () => client.listTools(),
        async callTool(name, input) {
          let progress = 0
          const onprogress = (): void => void (progress += 1)
          const result = await client.callTool({ name, arguments: input }, { onprogress })
          return { result, progress }
        },
        readResource: (uri) => client.readResource({ uri }),
        getPrompt: (name, input) => client.getPrompt({ name, arguments: input }),
        close: () => client.close(),
      }
    },
  }
}
