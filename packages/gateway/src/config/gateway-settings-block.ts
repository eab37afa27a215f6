import { gatewaySettings } from '../gateway-settings.ts'
import type { GatewaySettings } from '../gateway-settings.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { readOptionBlock } from './option-block.ts'
import type { OptionBlock } from './option-block.ts'
import type { Environment } from './resolve-environment.ts'
import { schemaProblems } from './schema-problems.ts'

const member = 'gateway'

/** Reads `{ "policies": […], "gateway": { … } }`: settings of the gateway itself, by their names in code. */
export function readGatewaySettings(
  document: JsoncDocument,
  environment: Environment,
): OptionBlock<GatewaySettings> {
  const block = readOptionBlock<GatewaySettings>(document, environment, {
    member,
    of: 'the gateway',
    names: Object.keys(gatewaySettings.shape),
    example: '{ "registry": "off" }',
  })
  const { error } = gatewaySettings.safeParse(block.config)
  return error ? { config: {}, problems: schemaProblems(document, [member], error) } : block
}
