import { configurationProperties } from './configuration-properties.ts'
import { networkProperties } from './network-properties.ts'
import { parameterProperties } from './parameter-properties.ts'
import type { ParserProperty } from './property.ts'
import { redirectUriProperties } from './redirect-uri-properties.ts'
import { tokenProperties } from './token-properties.ts'

/** Every property of every parser of hostile text. */
export const parserProperties: readonly ParserProperty[] = [
  ...redirectUriProperties,
  ...parameterProperties,
  ...networkProperties,
  ...tokenProperties,
  ...configurationProperties,
]
