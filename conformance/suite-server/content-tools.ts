import type { McpServer } from '@modelcontextprotocol/server'
import { fromJsonSchema } from '@modelcontextprotocol/server'

import { audio, image, text } from './content.ts'

/** Uses keywords of JSON Schema 2020-12 that a proxy must not touch. */
const jsonSchema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}

/** SEP-2243: the argument is mirrored in the header `Mcp-Param-Region`. */
const region = { type: 'string', 'x-mcp-header': 'Region' }
const withHeader = { type: 'object', properties: { region }, required: ['region'] }

/** Tools that only return something. */
export function registerContentTools(server: McpServer): void {
  server.registerTool('test_simple_text', { description: 'Returns text.' }, async () =>
    text('This is a simple text response for testing.'),
  )
  server.registerTool('test_image_content', { description: 'Returns an image.' }, async () => ({
    content: [{ type: 'image', ...image }],
  }))
  server.registerTool('test_audio_content', { description: 'Returns audio.' }, async () => ({
    content: [{ type: 'audio', ...audio }],
  }))
  server.registerTool('test_embedded_resource', { description: 'Returns a resource.' }, async () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }))
  server.registerTool('test_multiple_content_types', { description: 'Returns several types.' }, async () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', ...image },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: JSON.stringify({ test: 'data', value: 123 }),
        },
      },
    ],
  }))
  server.registerTool('test_error_handling', { description: 'Always fails.' }, async () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema with keywords of 2020-12.', inputSchema: fromJsonSchema(jsonSchema2020) },
    async () => text('ok'),
  )
  server.registerTool(
    'test_headers',
    {
      description: 'Takes an argument that travels in a header as well.',
      inputSchema: fromJsonSchema(withHeader),
    },
    async () => text('The header fits the argument.'),
  )
}
