import { type Exchanges, observeFetch } from '@portico/gateway-app/check/exchanges'
import { createSdkCredentials } from '@portico/gateway-app/check/sdk-credentials'
import { answerPages, type ScriptedBrowser } from '@portico/test-peers'
import { onTestFinished } from 'vitest'

import { type ConnectedClient, createSdkV1Session } from '../sdk-v1-session.ts'
import { createSdkV2Session } from '../sdk-v2-session.ts'
import { publicUrl } from './names.ts'
import { redirectUri, type World } from './world.ts'

/** The official clients, each in the eras it has. */
export const generations = {
  'SDK v1': createSdkV1Session,
  'SDK v2, legacy era': (...options: Parameters<typeof createSdkV1Session>) =>
    createSdkV2Session(...options, 'legacy'),
  'SDK v2, 2026-07-28': (...options: Parameters<typeof createSdkV1Session>) =>
    createSdkV2Session(...options, { pin: '2026-07-28' }),
}

/** An official client after its user has signed in. */
export interface SignedInClient {
  readonly client: ConnectedClient
  readonly exchanges: Exchanges
  readonly accessToken: string
}

/** Takes an official client through registration and sign-in at one route of the gateway. */
export async function signIn(
  world: World,
  browser: ScriptedBrowser,
  generation: keyof typeof generations,
  route: string,
): Promise<SignedInClient> {
  const exchanges = observeFetch(world.fetch)
  const credentials = createSdkCredentials(redirectUri)
  const session = generations[generation](`${publicUrl}/mcp/${route}`, credentials, exchanges)
  await session.askForLogin()
  const page = await answerPages(await browser.open(credentials.authorizationUrl()))
  await session.finishLogin(page.parameters)
  const client = await session.connect()
  onTestFinished(() => client.close())
  return { client, exchanges, accessToken: credentials.currentTokens().access_token }
}
