import type { ServerResponse } from 'node:http'

import type { JsonObject } from '../../src/index.ts'
import { type Script, type SeenRequest, startUpstream } from './scripted-upstream.ts'

export interface SessionUpstreamOptions {
  readonly capabilities?: JsonObject
  /** Answers everything that is not the handshake. */
  readonly script?: Script
  /** What a GET stream carries; without it the upstream has none. */
  readonly stream?: (response: ServerResponse) => void
  /** Told each answer and each notification of the client. */
  readonly hear?: (message: JsonObject) => void
  /** Without sessions the upstream issues no ids. */
  readonly sessions?: boolean
}

/** An upstream of the session eras that keeps to the protocol and otherwise does what a test says. */
export async function startScriptedSessions(options: SessionUpstreamOptions = {}) {
  const { capabilities = { tools: {} }, script, stream, hear, sessions = true } = options
  const live = new Set<string>()
  let count = 0
  const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

  const upstream = await startUpstream((request, response) => {
    const { method, headers, message } = request
    const session = headers['mcp-session-id']
    if (message['method'] === 'server/discover')
      return refuse(response, 400, -32_600, 'Bad Request: no session')
    if (message['method'] === 'initialize') {
      const id = `session-${++count}`
      if (sessions) live.add(id)
      const result = {
        protocolVersion: '2025-06-18',
        capabilities,
        serverInfo: { name: 'scripted', version: '1.0.0' },
        instructions: 'Be kind.',
      }
      return void json(
        response,
        { jsonrpc: '2.0', id: message['id'], result },
        sessions ? { 'mcp-session-id': id } : {},
      )
    }
    if (sessions && !live.has(String(session))) return refuse(response, 404, -32_001, 'Session not found')
    if (method === 'DELETE') {
      live.delete(String(session))
      return void response.writeHead(200).end()
    }
    if (method === 'GET') {
      if (stream === undefined) return void response.writeHead(405).end()
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      return stream(response)
    }
    if (message['id'] === undefined || message['method'] === undefined) {
      hear?.(message)
      return void response.writeHead(202).end()
    }
    if (script !== undefined) return script(request, response)
    return void json(response, { jsonrpc: '2.0', id: message['id'], result: { ok: true } })
  })
  const requests = (method: string): SeenRequest[] =>
    upstream.seen.filter(({ message }) => message['method'] === method)
  return { ...upstream, live, requests }
}

function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }))
}

export const event = (message: unknown): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`

/** Answers in an event stream of what the request makes of it. */
export const stream =
  (messagesFor: (id: unknown) => readonly unknown[]): Script =>
  ({ message }, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const one of messagesFor(message['id'])) response.write(event(one))
    response.end()
  }
