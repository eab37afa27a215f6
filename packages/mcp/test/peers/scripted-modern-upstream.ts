import type { JsonObject } from '../../src/index.ts'
import { type Script, type SeenRequest, startUpstream } from './scripted-upstream.ts'

export interface ModernUpstreamOptions {
  readonly capabilities?: JsonObject
  /** Answers everything but the discovery. */
  readonly script?: Script
  /** The code with which `initialize` is refused. */
  readonly refusal?: number
}

/** An upstream of the modern era that keeps to the protocol and otherwise does what a test says. */
export async function startScriptedModern(options: ModernUpstreamOptions = {}) {
  const { capabilities = { tools: {} }, script, refusal = -32_022 } = options
  const upstream = await startUpstream((request, response) => {
    const { message } = request
    const json = (status: number, body: JsonObject) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message['id'] ?? null, ...body }))
    }
    if (request.method !== 'POST') return void response.writeHead(405).end()
    if (request.headers['mcp-method'] === undefined) {
      return json(400, { error: { code: refusal, message: 'no', data: { supported: ['2026-07-28'] } } })
    }
    if (message['method'] === 'server/discover') {
      const _meta = { 'io.modelcontextprotocol/serverInfo': { name: 'scripted', version: '2.0.0' } }
      const result = {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities,
        instructions: 'Be kind.',
        _meta,
      }
      return json(200, { result: { ...result, ttlMs: 0, cacheScope: 'public' } })
    }
    if (script !== undefined) return script(request, response)
    return json(200, { result: { resultType: 'complete', ok: true } })
  })
  const requests = (method: string): SeenRequest[] =>
    upstream.seen.filter(({ message }) => message['method'] === method)
  return { ...upstream, requests }
}
