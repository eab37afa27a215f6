import {
  acceptedContent,
  type InputRequest,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
} from '@modelcontextprotocol/server'
import { z } from 'zod'

import { text } from './content.ts'
import { capabilitiesOf } from './streaming-tools.ts'

const name = z.object({ name: z.string() })
const color = z.object({ color: z.string() })
const confirmation = z.object({ ok: z.boolean() })

const askName = (message = 'What is your name?'): InputRequest =>
  inputRequired.elicit({ message, requestedSchema: name })

const sample = (prompt: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens,
  })

/** Which round of a tool a state belongs to. */
export interface Round {
  readonly tool: string
  readonly round: number
}

/** Tools that need something of the user, in the way of 2026-07-28: an answer that asks, and a second request. */
export function registerInputTools(server: McpServer, states: RequestStateCodec<Round>): void {
  server.registerTool(
    'test_input_required_result_elicitation',
    { description: 'Asks for a name.' },
    async ({ mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, 'user_name', name)
      if (answer === undefined) return inputRequired({ inputRequests: { user_name: askName() } })
      return text(`Hello, ${answer.name}!`)
    },
  )
  server.registerTool(
    'test_streaming_elicitation',
    { description: 'Asks for a name.' },
    async ({ mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, 'user_name', name)
      if (answer === undefined) return inputRequired({ inputRequests: { user_name: askName() } })
      return text(`Hello, ${answer.name}!`)
    },
  )
  server.registerTool(
    'test_input_required_result_sampling',
    { description: 'Asks a model.' },
    async ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, 'capital_question')
      if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content))
      return inputRequired({
        inputRequests: { capital_question: sample('What is the capital of France?', 100) },
      })
    },
  )
  server.registerTool('test_missing_capability', { description: 'Needs sampling.' }, async ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'sampled')
    if (answer.kind === 'sampling') return text('The client can sample.')
    return inputRequired({ inputRequests: { sampled: sample('Say hello.', 10) } })
  })
  server.registerTool(
    'test_input_required_result_list_roots',
    { description: 'Asks for roots.' },
    async ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, 'client_roots')
      if (answer.kind === 'roots') return text(answer.roots.map(({ uri }) => uri).join(', '))
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
    },
  )
  server.registerTool(
    'test_input_required_result_request_state',
    { description: 'Keeps a state.' },
    async ({ mcpReq }) => {
      const tool = 'request_state'
      const answer = acceptedContent(mcpReq.inputResponses, 'confirm', confirmation)
      if (answer !== undefined && mcpReq.requestState<Round>()?.tool === tool) return text('state-ok')
      return inputRequired({
        inputRequests: {
          confirm: inputRequired.elicit({ message: 'Please confirm', requestedSchema: confirmation }),
        },
        requestState: await states.mint({ tool, round: 1 }),
      })
    },
  )
  server.registerTool(
    'test_input_required_result_multiple_inputs',
    { description: 'Asks thrice.' },
    async ({ mcpReq }) => {
      const { inputResponses } = mcpReq
      const user = acceptedContent(inputResponses, 'user_name', name)
      const greeting = inputResponse(inputResponses, 'greeting')
      const roots = inputResponse(inputResponses, 'client_roots')
      if (user !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots') {
        return text(`${user.name}: ${JSON.stringify(greeting.result.content)}, ${roots.roots.length} roots`)
      }
      return inputRequired({
        inputRequests: {
          user_name: askName(),
          greeting: sample('Generate a greeting', 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.mint({ tool: 'multiple_inputs', round: 1 }),
      })
    },
  )
  server.registerTool(
    'test_input_required_result_multi_round',
    { description: 'Asks twice.' },
    async ({ mcpReq }) => {
      const tool = 'multi_round'
      const round = mcpReq.requestState<Round>()?.round ?? 0
      const first = acceptedContent(mcpReq.inputResponses, 'step1', name)
      const second = acceptedContent(mcpReq.inputResponses, 'step2', color)
      if (round === 2 && second !== undefined) return text(`Your favorite color is ${second.color}.`)
      if (round === 1 && first !== undefined) {
        const message = 'Step 2: What is your favorite color?'
        return inputRequired({
          inputRequests: { step2: inputRequired.elicit({ message, requestedSchema: color }) },
          requestState: await states.mint({ tool, round: 2 }),
        })
      }
      return inputRequired({
        inputRequests: { step1: askName('Step 1: What is your name?') },
        requestState: await states.mint({ tool, round: 1 }),
      })
    },
  )
  server.registerTool(
    'test_input_required_result_tampered_state',
    { description: 'Refuses a state that was changed.' },
    async ({ mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, 'confirm', confirmation)
      if (answer !== undefined) return text('The state is as it was.')
      return inputRequired({
        inputRequests: {
          confirm: inputRequired.elicit({ message: 'Please confirm', requestedSchema: confirmation }),
        },
        requestState: await states.mint({ tool: 'tampered_state', round: 1 }),
      })
    },
  )
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Asks only for what the client can do.' },
    async ({ mcpReq }) => {
      const capabilities = capabilitiesOf(mcpReq.envelope)
      const inputRequests = {
        ...(capabilities.elicitation === undefined ? {} : { user_name: askName() }),
        ...(capabilities.sampling === undefined ? {} : { greeting: sample('Generate a greeting', 50) }),
      }
      if (Object.keys(mcpReq.inputResponses ?? {}).length > 0) return text('Thank you.')
      return inputRequired({ inputRequests })
    },
  )
}
