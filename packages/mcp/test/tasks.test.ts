import { createHmac } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import {
  createMcpProxy,
  createVirtualUpstream,
  type JsonObject,
  sealedSessions,
  signedTasks,
  type StateSigner,
} from '../src/index.ts'
import { ada, readableSealer, startGateway, transports } from './peers/gateway.ts'
import { initialize, legacy, modern, post } from './peers/messages.ts'
import { answer, events, type Script, type SeenRequest, startUpstream } from './peers/scripted-upstream.ts'

const signer: StateSigner = {
  mac: (text) => createHmac('sha256', 'key').update(text).digest('base64url'),
  verifyMac(text, mac) {
    return mac === this.mac(text)
  },
}
const route = 'https://gateway.test/mcp/a'
const upstreamUrl = 'https://upstream.test/mcp'
const tasks = signedTasks(signer, { route, upstream: upstreamUrl })

const extension = 'io.modelcontextprotocol/tasks'
const relatedTask = 'io.modelcontextprotocol/related-task'
const working = (taskId: string) => ({ taskId, status: 'working', createdAt: '2026-01-01T00:00:00Z' })
const taskIdOf = ({ message }: SeenRequest) => (message['params'] as JsonObject)['taskId']
const unknown = { code: -32_602, message: 'Task not found' }
const bob = { authorization: 'Bearer bob inspector' }
const cursor = { authorization: 'Bearer ada cursor' }

interface Told {
  readonly result?: JsonObject
  readonly error?: JsonObject
}

/** Makes a task of every call, and answers about it as the era has it. */
const taskServer =
  (era: 'modern' | 'legacy', taskId = 'job.1_a'): Script =>
  (request, response) => {
    const results: Readonly<Record<string, JsonObject>> =
      era === 'modern'
        ? {
            'tools/call': { resultType: 'task', ...working(taskId), ttlMs: 60_000 },
            'tasks/get': { resultType: 'complete', ...working(taskId), result: { content: [] } },
          }
        : {
            'tools/call': { task: { ...working(taskId), ttl: 60_000 } },
            'tasks/get': working(taskId),
            'tasks/cancel': { ...working(taskId), status: 'cancelled' },
            'tasks/result': { content: [], _meta: { [relatedTask]: { taskId } } },
          }
    answer(results[String(request.message['method'])] ?? { resultType: 'complete' })(request, response)
  }

describe.each(transports)('tasks over %s', (transport) => {
  async function setUp(script: Script, binding = tasks) {
    const upstream = await startUpstream(script)
    const gateway = await startGateway(transport, upstream.url, { tasks: binding })
    const send = async (body: unknown, headers: Record<string, string> = {}) => {
      const response = await post(gateway.url, body, headers)
      return { status: response.status, text: await response.text() }
    }
    const ask = async (method: string, params: JsonObject = {}, headers: Record<string, string> = {}) => {
      const { body, headers: own } = modern(method, params, { extensions: { [extension]: {} } })
      return JSON.parse((await send(body, { ...own, ...headers })).text) as Told
    }
    const askSession = async (method: string, params: JsonObject = {}, headers = {}) =>
      JSON.parse((await send(legacy(method, params), headers)).text) as Told
    return { upstream, gateway, send, ask, askSession }
  }

  it('PROXY-17 gives a task a handle, and the upstream its own id in body and header', async () => {
    const { ask, upstream } = await setUp(taskServer('modern'))
    const created = (await ask('tools/call', { name: 'slow' })).result
    const handle = String(created?.['taskId'])
    expect(handle).toMatch(/^[\w-]{43}\.job\.1_a$/)
    expect(created).toEqual({ resultType: 'task', ...working(handle), ttlMs: 60_000 })
    expect((await ask('tasks/get', { taskId: handle })).result).toMatchObject(working(handle))
    const inputResponses = { name: { action: 'accept' } }
    expect((await ask('tasks/update', { taskId: handle, inputResponses })).error).toBeUndefined()
    expect((await ask('tasks/cancel', { taskId: handle })).result).toEqual({ resultType: 'complete' })
    const about = upstream.seen.slice(1)
    expect(about.map(taskIdOf)).toEqual(['job.1_a', 'job.1_a', 'job.1_a'])
    expect(about.map(({ headers }) => headers['mcp-name'])).toEqual(['job.1_a', 'job.1_a', 'job.1_a'])
    expect(about[1]?.message).toMatchObject({ params: { inputResponses } })
  })

  it('PROXY-17 keeps the tasks of 2025-11-25 under a handle from their creation to their result', async () => {
    const { askSession, upstream } = await setUp(taskServer('legacy'))
    const created = (await askSession('tools/call', { name: 'slow', task: { ttl: 60_000 } })).result
    const handle = String((created?.['task'] as JsonObject | undefined)?.['taskId'])
    expect(handle).toBe(tasks.bind('job.1_a', ada))
    expect((await askSession('tasks/get', { taskId: handle })).result).toEqual(working(handle))
    expect((await askSession('tasks/result', { taskId: handle })).result).toMatchObject({
      _meta: { [relatedTask]: { taskId: handle } },
    })
    expect((await askSession('tasks/cancel', { taskId: handle })).result).toMatchObject({ taskId: handle })
    expect(upstream.seen.slice(1).map(taskIdOf)).toEqual(['job.1_a', 'job.1_a', 'job.1_a'])
  })

  const own = tasks.bind('job.1_a', ada)
  const refusals: readonly [string, unknown, Record<string, string>][] = [
    ['of another user', own, bob],
    ['of another client', own, cursor],
    [
      'of another route',
      signedTasks(signer, { route: `${route}b`, upstream: upstreamUrl }).bind('job.1_a', ada),
      {},
    ],
    [
      'of another upstream',
      signedTasks(signer, { route, upstream: 'https://other.test/' }).bind('job.1_a', ada),
      {},
    ],
    ['with the upstream’s own id', 'job.1_a', {}],
    ['with a handle for another id', own.replace('job.1_a', 'job.2_a'), {}],
    ['without a signature', '.job.1_a', {}],
    ['that never was', 'nothing', {}],
    ['without a name', '', {}],
    ['whose name is no text', 7, {}],
    ['without any name', undefined, {}],
  ]

  it.each(refusals)('PROXY-17 refuses a task %s like an unknown one', async (_name, taskId, headers) => {
    const { ask, askSession, upstream } = await setUp(taskServer('modern'))
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel', 'tasks/result', 'tasks/other']) {
      const params = taskId === undefined ? {} : { taskId }
      expect(await ask(method, params, headers)).toEqual({ jsonrpc: '2.0', id: 1, error: unknown })
      expect((await askSession(method, params, headers)).error).toEqual(unknown)
    }
    expect(upstream.seen).toEqual([])
    await ask('tasks/get', { taskId: own })
    expect(upstream.seen).toHaveLength(1)
  })

  it('PROXY-17 refuses a foreign task in a batch, in a notification and as what a request belongs to', async () => {
    const { send, upstream } = await setUp(answer({}))
    const get = (id: number, taskId: string) => legacy('tasks/get', { taskId }, id)
    const batch = [get(1, own), get(2, 'job.1_a')]
    await send(batch)
    expect(JSON.parse(upstream.seen[0]?.text ?? '')).toEqual([get(1, 'job.1_a')])
    await send({ jsonrpc: '2.0', method: 'tasks/cancel', params: { taskId: 'job.1_a' } })
    const belonging = (taskId: string) =>
      legacy('tools/call', { name: 'x', _meta: { [relatedTask]: { taskId } } })
    expect(JSON.parse((await send(belonging(own), bob)).text)).toMatchObject({ error: unknown })
    expect(upstream.seen).toHaveLength(1)
    await send(belonging(own))
    expect(upstream.seen[1]?.message).toEqual(belonging('job.1_a'))
  })

  it('PROXY-17 serves no list of tasks, whose owners nobody knows, and does not promise one', async () => {
    const capabilities = { tools: {}, tasks: { list: {}, cancel: {} } }
    const { send, ask, askSession, upstream } = await setUp(answer({ capabilities }))
    expect(JSON.parse((await send(initialize())).text)).toMatchObject({
      result: { capabilities: { tools: {}, tasks: { cancel: {} } } },
    })
    expect((await send(initialize())).text).not.toContain('list')
    const before = upstream.seen.length
    expect((await askSession('tasks/list')).error).toMatchObject({ code: -32_601 })
    expect((await ask('tasks/list')).error).toMatchObject({ code: -32_601 })
    expect(upstream.seen).toHaveLength(before)
  })

  it('PROXY-17 tells of tasks on streams under their handles, and lets nobody listen to a foreign one', async () => {
    const method = 'notifications/subscriptions/acknowledged'
    const notified = (taskId: string) => [
      { jsonrpc: '2.0', method, params: { notifications: { taskIds: [taskId] } } },
      { jsonrpc: '2.0', method: 'notifications/tasks', params: working(taskId) },
      { jsonrpc: '2.0', method: 'notifications/tasks/status', params: working(taskId) },
      {
        jsonrpc: '2.0',
        id: 9,
        method: 'elicitation/create',
        params: { _meta: { [relatedTask]: { taskId } } },
      },
    ]
    const clientsOwn = { jsonrpc: '2.0', id: 10, method: 'tasks/get', params: { taskId: 'of the client' } }
    const last = { jsonrpc: '2.0', id: 1, result: { resultType: 'complete' } }
    const { send, upstream } = await setUp(events(...notified('job.1_a'), clientsOwn, last))
    const notifications = { taskIds: [own, 'job.1_a', tasks.bind('b', { ...ada, subject: 'bob' }), 7] }
    const { body, headers } = modern('subscriptions/listen', { notifications })
    const told = [...(await send(body, headers)).text.matchAll(/^data: (.*)$/gm)]
    expect(told.map(([, data = '']) => JSON.parse(data) as unknown)).toEqual([
      ...notified(own),
      clientsOwn,
      last,
    ])
    expect(upstream.seen[0]?.message).toMatchObject({ params: { notifications: { taskIds: ['job.1_a'] } } })
  })

  it('gives the upstream its own id with the answer to a question, and leaves a client its own tasks', async () => {
    const { send, upstream } = await setUp(answer({}))
    const answered = (taskId: string) => ({
      jsonrpc: '2.0',
      id: 9,
      result: { action: 'accept', _meta: { [relatedTask]: { taskId } } },
    })
    const status = { jsonrpc: '2.0', method: 'notifications/tasks/status', params: working('of the client') }
    for (const message of [answered(own), answered('of the client'), status]) await send(message)
    expect(upstream.seen.map(({ message }) => message)).toEqual([
      answered('job.1_a'),
      answered('of the client'),
      status,
    ])
  })

  it('finds the id in a long result too, and leaves other answers byte for byte', async () => {
    const text = 'x'.repeat(2_000_000)
    const long = await setUp(answer({ resultType: 'complete', ...working('job.1_a'), result: { text } }))
    const { result } = await long.ask('tasks/get', { taskId: own })
    expect(result?.['taskId']).toBe(own)
    const body = '{ "jsonrpc":"2.0","id":1,"result":{"content":[],"big":12345678901234567890}}'
    const plain = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
    expect((await plain.send(legacy('tools/call', { name: 'x' }))).text).toBe(body)
    const other = await setUp(answer({ content: [], taskId: 'in their own words' }))
    expect((await other.ask('tools/call', { name: 'x' })).result?.['taskId']).toBe('in their own words')
  })
})

describe('the tasks of a virtual server', () => {
  async function setUp() {
    const discovered = {
      supportedVersions: ['2026-07-28'],
      capabilities: { extensions: { [extension]: {} } },
    }
    const script: Script = (request, response) =>
      request.message['method'] === 'server/discover'
        ? answer(discovered)(request, response)
        : taskServer('modern', 'job_1')(request, response)
    const [one, two] = [await startUpstream(script), await startUpstream(script)]
    const sessions = sealedSessions(readableSealer, route)
    const member = (prefix: string, url: string) => ({
      prefix,
      proxy: createMcpProxy({ upstream: { url, name: prefix, era: 'modern' }, sessions }),
    })
    const proxy = createMcpProxy({
      upstream: { url: 'https://virtual.invalid/', name: 'Virtual', era: 'modern' },
      sessions,
      tasks,
      fetch: createVirtualUpstream({ name: 'v', members: [member('one', one.url), member('two', two.url)] }),
    })
    const ask = async (method: string, params: JsonObject = {}, caller = ada) => {
      const { body, headers } = modern(method, params, { extensions: { [extension]: {} } })
      const request = new Request('https://gateway.test/mcp/a', {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify(body),
      })
      return (await (await proxy.fetch(request, caller)).json()) as Told
    }
    return { one, two, ask }
  }

  it('PROXY-17 are asked for at the member that made them', async () => {
    const { one, two, ask } = await setUp()
    const handles: string[] = []
    for (const prefix of ['one', 'two']) {
      const created = await ask('tools/call', { name: `${prefix}_slow` })
      handles.push(String(created.result?.['taskId']))
    }
    expect(new Set(handles).size).toBe(2)
    const [, second = ''] = handles
    const before = one.seen.length
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      expect((await ask(method, { taskId: second })).error).toBeUndefined()
    }
    expect((await ask('tasks/get', { taskId: second })).result).toMatchObject(working(second))
    expect(one.seen).toHaveLength(before)
    const about = two.seen.filter(({ message }) => String(message['method']).startsWith('tasks/'))
    expect(about.map(taskIdOf)).toEqual(['job_1', 'job_1', 'job_1', 'job_1'])
    expect(about[0]?.headers['mcp-name']).toBe('job_1')
  })

  it('PROXY-17 stay with their user, and with members that are there', async () => {
    const { one, two, ask } = await setUp()
    const handle = String((await ask('tools/call', { name: 'one_slow' })).result?.['taskId'])
    const seen = one.seen.length + two.seen.length
    const stranger = { ...ada, subject: 'bob' }
    expect((await ask('tasks/get', { taskId: handle }, stranger)).error).toEqual(unknown)
    for (const taskId of ['one_job_1', 'job_1', tasks.bind('three_job_1', ada), tasks.bind('job', ada)]) {
      expect((await ask('tasks/get', { taskId })).error).toEqual(unknown)
    }
    expect(one.seen.length + two.seen.length).toBe(seen)
  })

  it('are announced where a member has them', async () => {
    const { ask } = await setUp()
    const { result } = await ask('server/discover')
    expect(result?.['capabilities']).toEqual({ extensions: { [extension]: {} } })
  })
})
