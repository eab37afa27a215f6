import * as logto from '@portico/logto'

import policies from '../../config/policies.json' with { type: 'json' }
import routes from '../../config/routes.oas.json' with { type: 'json' }
import { fetchFromGatewayObject, gatewayObject } from '../gateway-worker.ts'

export { StorageObject } from '@portico/storage-durable-object'

/** The gateway with the demo's configuration: bind it as `GATEWAY`, and `StorageObject` as `STORAGE`. */
export const GatewayObject = gatewayObject({
  policies: { file: 'config/policies.json', text: JSON.stringify(policies) },
  routes: { file: 'config/routes.oas.json', text: JSON.stringify(routes) },
  modules: { '@portico/logto': logto },
})

// oxlint-disable-next-line import/no-default-export -- what Workers ask for
export default { fetch: fetchFromGatewayObject }
