import { createGateway, parseConfig } from '@portico/gateway'
import type { ConfigFiles, Gateway, GatewayOptions } from '@portico/gateway'
import { createSafeFetch } from '@portico/safe-fetch'

/** The configuration files as texts, and where the gateway runs. */
export type OpenGatewayOptions = Pick<ConfigFiles, 'policies' | 'routes' | 'environment' | 'importModule'> &
  Pick<GatewayOptions, 'keys' | 'publicUrl' | 'storage'>

/**
 * Builds the gateway that two configuration files describe, on any runtime. Without a `publicUrl` it is for this machine
 * alone.
 *
 * @throws {ConfigFilesError} naming every mistake in the files
 * @throws {ConfigError} naming every wrong option
 */
export async function openGateway({
  policies,
  routes,
  environment,
  importModule,
  ...options
}: OpenGatewayOptions): Promise<Gateway> {
  const { publicUrl } = options
  const development = publicUrl === undefined || publicUrl.startsWith('http:')
  const fetch = createSafeFetch({ development })
  const { config } = await parseConfig({
    policies,
    routes,
    environment,
    importModule,
    providerIds: ['logto'],
    development,
    fetch,
  })
  return createGateway({ ...config, ...options, development, fetch })
}
