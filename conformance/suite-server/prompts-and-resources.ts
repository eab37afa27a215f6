import {
  acceptedContent,
  completable,
  inputRequired,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server'
import { z } from 'zod'

import { image } from './content.ts'

const user = 'user' as const
const say = (text: string) => ({ role: user, content: { type: 'text' as const, text } })

/** Prompts, one of which asks for input first. */
export function registerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Has no arguments.' }, () => ({
    messages: [say('This is a simple prompt for testing.')],
  }))
  const completed = completable(z.string().describe('First test argument'), (value) =>
    ['paris', 'park', 'party'].filter((each) => each.startsWith(value)),
  )
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'Has two arguments.',
      argsSchema: z.object({ arg1: completed, arg2: z.string().describe('Second test argument') }),
    },
    ({ arg1, arg2 }) => ({ messages: [say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Embeds a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [
        {
          role: user,
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        say('Please process the embedded resource above.'),
      ],
    }),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'Has an image.' }, () => ({
    messages: [{ role: user, content: { type: 'image', ...image } }, say('Please analyze the image above.')],
  }))
  const context = z.object({ context: z.string() })
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks first.' }, ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_context', context)
    if (answer !== undefined) return { messages: [say(`Context: ${answer.context}`)] }
    const message = 'What context should the prompt use?'
    return inputRequired({
      inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema: context }) },
    })
  })
}

/** Resources of each kind. */
export function registerResources(server: McpServer): void {
  const plain = 'text/plain'
  server.registerResource('static-text', 'test://static-text', { mimeType: plain }, async ({ href }) => ({
    contents: [{ uri: href, mimeType: plain, text: 'This is the content of the static text resource.' }],
  }))
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { mimeType: image.mimeType },
    async ({ href }) => ({
      contents: [{ uri: href, mimeType: image.mimeType, blob: image.data }],
    }),
  )
  server.registerResource(
    'watched-resource',
    'test://watched-resource',
    { mimeType: plain },
    async ({ href }) => ({
      contents: [{ uri: href, mimeType: plain, text: 'Somebody may watch this.' }],
    }),
  )
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    async ({ href }, variables) => {
      const id = String(variables['id'])
      const value = { id, templateTest: true, data: `Data for ID: ${id}` }
      return { contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify(value) }] }
    },
  )
}
