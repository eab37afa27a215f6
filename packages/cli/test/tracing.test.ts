import process from 'node:process'

import { serveOnLoopback } from '@portico/test-peers/node'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'

import { tracingSetting } from '../src/tracing-setting.ts'
import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

const directory = () =>
  temporaryDirectory(
    oneRouteFiles({
      logtoEndpoint: 'http://localhost:3001',
      clientId: 'k9x2m4',
      clientSecret: 'wJ8vT2nQx5Lr',
    }),
  )

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: unknown }[] }
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[]
  }[]
}

/** Takes traces as a collector does. */
async function collector() {
  const sent: Sent[] = []
  const server = await serveOnLoopback(() => async (request) => {
    if (new URL(request.url).pathname === '/v1/traces') sent.push((await request.json()) as Sent)
    return Response.json({})
  })
  onTestFinished(() => server.close())
  return { origin: server.origin, sent }
}

/** Serves for as long as it takes to ask for a document. */
async function serveOnce(environment: Readonly<Record<string, string>>) {
  let output = ''
  return run(['serve', '--port', '0', '--json'], {
    directory: directory(),
    environment: { PORTICO_STORAGE: 'memory:', ...environment },
    write: (text) => {
      output += text
    },
    async untilStopped() {
      const { port } = JSON.parse(output.split('\n')[0] ?? '') as { readonly port: number }
      const answer = await fetch(
        `http://localhost:${port}/.well-known/oauth-authorization-server?code=secret`,
      )
      expect(answer.status).toBe(200)
      await answer.arrayBuffer()
    },
  })
}

describe('portico serve', () => {
  it('sends traces where the standard variables say, all of them when it ends', async () => {
    const { origin, sent } = await collector()
    const { code } = await serveOnce({
      OTEL_EXPORTER_OTLP_ENDPOINT: origin,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    })
    expect(code).toBe(0)
    const spans = sent.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: each }) => each)),
    )
    expect(spans.map(({ name }) => name)).toContain('GET /.well-known/oauth-authorization-server')
    const attributes = sent.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ resource }) => resource.attributes),
    )
    expect(attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'portico' } })
    expect(attributes.map(({ key }) => key)).not.toContain('process.command_args')
    expect(JSON.stringify(sent)).not.toContain('secret')
  })

  it('sends none without them', async () => {
    const { origin, sent } = await collector()
    const { code } = await serveOnce({ OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_TRACES_EXPORTER: 'none' })
    expect(code).toBe(0)
    expect(sent).toEqual([])
  })
})

describe('variables of OpenTelemetry', () => {
  const endpoint = 'http://localhost:4318'

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }],
    [{ OTEL_TRACES_EXPORTER: 'console' }],
  ])('switch traces on: %j', (environment) => {
    expect(tracingSetting({ ...environment, PATH: '/usr/bin' })).toEqual(environment)
  })

  it.each([
    [{}],
    [{ OTEL_SERVICE_NAME: 'gateway' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'TRUE' }],
  ])('leave them off: %j', (environment) => {
    expect(tracingSetting(environment)).toBeUndefined()
  })
})
