import { setTimeout as wait } from 'node:timers/promises'

import type { McpServer, ServerContext } from '@modelcontextprotocol/server'

import { text } from './content.ts'

/** Tells subscribers that a list has changed. */
export interface ListChanges {
  toolsChanged(): void
  promptsChanged(): void
}

/** Old clients set a level by `logging/setLevel`; since 2026-07-28 each request says whether it wants messages. */
async function log(context: ServerContext, data: string): Promise<void> {
  // oxlint-disable-next-line typescript/no-deprecated -- the suite tests it for as long as it works
  await context.mcpReq.log('info', data)
}

/** Tools that send something before their result, and tools that cause notifications elsewhere. */
export function registerStreamingTools(server: McpServer, changes: ListChanges): void {
  server.registerTool('test_tool_with_logging', { description: 'Logs three times.' }, async (context) => {
    await log(context, 'Tool execution started')
    await wait(50)
    await log(context, 'Tool processing data')
    await wait(50)
    await log(context, 'Tool execution completed')
    return text('Logged three messages.')
  })
  server.registerTool('test_logging_tool', { description: 'Logs once.' }, async (context) => {
    await log(context, 'One message')
    return text('Logged.')
  })
  server.registerTool('test_tool_with_progress', { description: 'Reports progress.' }, async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        })
      }
      if (progress < 100) await wait(50)
    }
    return text('Progressed to the end.')
  })
  server.registerTool(
    'test_reconnection',
    { description: 'Ends its stream before its result.' },
    async ({ http }) => {
      http?.closeSSE?.()
      await wait(100)
      return text('The result came after a reconnection.')
    },
  )
  server.registerTool('test_trigger_tool_change', { description: 'Changes the tools.' }, async () => {
    changes.toolsChanged()
    return text('Announced.')
  })
  server.registerTool('test_trigger_prompt_change', { description: 'Changes the prompts.' }, async () => {
    changes.promptsChanged()
    return text('Announced.')
  })
}

/** What the client of a 2026-07-28 request says it can do. */
export function capabilitiesOf(
  envelope: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const capabilities = envelope?.['io.modelcontextprotocol/clientCapabilities']
  return typeof capabilities === 'object' && capabilities !== null ? { ...capabilities } : {}
}
