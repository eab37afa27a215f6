import type { ElicitRequestFormParams, McpServer, ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'

import { text } from './content.ts'

const named = (value: string, title: string): { const: string; title: string } => ({ const: value, title })

const defaults: ElicitRequestFormParams['requestedSchema'] = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
}

const enums: ElicitRequestFormParams['requestedSchema'] = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: {
      type: 'string',
      oneOf: [
        named('value1', 'First Option'),
        named('value2', 'Second Option'),
        named('value3', 'Third Option'),
      ],
    },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: {
        anyOf: [
          named('value1', 'First Choice'),
          named('value2', 'Second Choice'),
          named('value3', 'Third Choice'),
        ],
      },
    },
  },
}

/**
 * Puts a request of the server on the stream that answers the call. Without it the request goes to the session's GET
 * stream, and is lost where that one opens later than the call arrives.
 */
const onTheCallsStream = ({ mcpReq }: ServerContext): { relatedRequestId: string | number } => ({
  relatedRequestId: mcpReq.id,
})

/** Asks the user in the way of the session revisions: a request of the server on the stream. */
async function elicit(
  context: ServerContext,
  message: string,
  requestedSchema: ElicitRequestFormParams['requestedSchema'],
) {
  // oxlint-disable-next-line typescript/no-deprecated -- the session revisions have no other way
  const { action, content } = await context.mcpReq.elicitInput(
    { message, requestedSchema },
    onTheCallsStream(context),
  )
  return { action, content: JSON.stringify(content ?? {}) }
}

/** Tools that send requests of their own, which only the session revisions allow. */
export function registerSessionTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks the client for a completion.', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, context) => {
      // oxlint-disable-next-line typescript/no-deprecated -- the session revisions have no other way
      const { content } = await context.mcpReq.requestSampling(
        { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens: 100 },
        onTheCallsStream(context),
      )
      return text(`LLM response: ${JSON.stringify(content)}`)
    },
  )
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user.', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, context) => {
      const { action, content } = await elicit(context, message, {
        type: 'object',
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      })
      return text(`User response: action: ${action}, content: ${content}`)
    },
  )
  server.registerTool(
    'test_elicitation_sep1034_defaults',
    { description: 'Asks with defaults.' },
    async (context) => {
      const { action, content } = await elicit(context, 'Please confirm these values.', defaults)
      return text(`Elicitation completed: action=${action}, content=${content}`)
    },
  )
  server.registerTool(
    'test_elicitation_sep1330_enums',
    { description: 'Asks with choices.' },
    async (context) => {
      const { action, content } = await elicit(context, 'Please choose.', enums)
      return text(`Elicitation completed: action=${action}, content=${content}`)
    },
  )
}
