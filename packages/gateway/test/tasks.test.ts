import { expect, it } from 'vitest'

import { demoUrl, discoveryOf, notesUrl, testGateway } from './test-gateway.ts'

it('PROXY-17 keeps a task at the route that made it, under a handle', async () => {
  const asked: string[] = []
  const { client } = testGateway({
    async upstreamFetch(url, init) {
      const body = (await new Request(url, init).json()) as {
        readonly id: number
        readonly method: string
        readonly params: { readonly taskId?: string }
      }
      const discovery = discoveryOf(body)
      if (discovery) return discovery
      asked.push([url, body.method, body.params.taskId].join(' '))
      const resultType = body.method === 'tools/call' ? 'task' : 'complete'
      const result = { resultType, taskId: 'job-1', status: 'working' }
      return Response.json({ jsonrpc: '2.0', id: body.id, result })
    },
  })
  const demo = await client.connect(demoUrl)
  const created = (await demo.call('tools/call', { name: 'slow' })).result as { readonly taskId: string }
  expect(created.taskId).toMatch(/^[\w-]{43}\.job-1$/)
  const { taskId } = created
  expect((await demo.call('tasks/get', { taskId })).result).toMatchObject({ taskId })
  const notes = await client.connect(notesUrl)
  for (const other of [notes.call('tasks/get', { taskId }), demo.call('tasks/get', { taskId: 'job-1' })]) {
    expect((await other).error).toMatchObject({ code: -32_602, message: 'Task not found' })
  }
  expect(asked).toEqual([
    'https://upstream.example/mcp tools/call ',
    'https://upstream.example/mcp tasks/get job-1',
  ])
})
