import { fetchFromGatewayObject, gatewayObject } from '@portico/gateway-app/gateway-worker'
import * as logto from '@portico/logto'

import policies from './config/policies.json' with { type: 'json' }
import routes from './config/routes.oas.json' with { type: 'json' }

export { StorageObject } from '@portico/storage-durable-object'

/** The gateway of `apps/gateway` on Workers, with the configuration of the suite. */
export const GatewayObject = gatewayObject({
  policies: { file: 'config/policies.json', text: JSON.stringify(policies) },
  routes: { file: 'config/routes.oas.json', text: JSON.stringify(routes) },
  modules: { '@portico/logto': logto },
})

// oxlint-disable-next-line import/no-default-export -- what Workers ask for
export default { fetch: fetchFromGatewayObject }
