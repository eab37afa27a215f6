import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { readSettings } from '../src/settings.ts'
import { oneRouteFiles } from './one-route-files.ts'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

interface Sent {
  readonly resourceLogs: readonly {
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly eventName: string
        readonly body: { readonly stringValue: string }
      }[]
    }[]
  }[]
}

/** A collector that says no as often as it is told to. */
async function collector(refusals = 0) {
  const sent: Sent[] = []
  const keys: (string | null)[] = []
  let left = refusals
  const server = await serveOnLoopback(() => async (request) => {
    keys.push(request.headers.get('x-api-key'))
    if ((left -= 1) >= 0) return new Response(null, { status: 503 })
    if (new URL(request.url).pathname === '/v1/logs') sent.push((await request.json()) as Sent)
    return Response.json({})
  })
  onTestFinished(() => server.close())
  const records = () =>
    sent.flatMap(({ resourceLogs }) =>
      resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
    )
  return { server, keys, records }
}

/** Serves for as long as one client needs to register, and ends as SIGTERM ends it. */
async function serveOnce(environment: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory(oneRouteFiles())
  let output = ''
  const outcome = await run(['serve', '--port', '0', '--json'], {
    directory,
    environment,
    write: (text) => {
      output += text
    },
    async untilStopped() {
      const { port } = JSON.parse(output.split('\n')[0] ?? '') as { readonly port: number }
      const answer = await fetch(`http://localhost:${port}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'] }),
      })
      expect(answer.status).toBe(201)
    },
  })
  const verify = (...files: readonly string[]) =>
    run(['audit', 'verify', ...files], { directory, environment })
  return { ...outcome, output, directory, verify }
}

describe('portico serve', () => {
  it('sends the audit trail to a collector, beside the file, the last record included', async () => {
    const { server, keys, records } = await collector(1)
    const { code, directory, verify, output } = await serveOnce({
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${server.origin}/v1/logs`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=hunter%202',
    })
    expect(code).toBe(0)
    expect(records().map(({ eventName }) => eventName)).toEqual([
      'audit.started',
      'client.registered',
      'audit.stopped',
    ])
    expect(new Set(keys)).toEqual(new Set(['hunter 2']))
    const file = readFileSync(join(directory, 'data/audit.jsonl'), 'utf8')
    expect(records().map(({ body }) => body.stringValue)).toEqual(file.trimEnd().split('\n'))
    expect((await verify()).code).toBe(0)
    expect(output).toContain(`audit records wait for ${server.origin}: it answered 503`)
    expect(output).not.toContain('hunter')
  })

  it('sends it where nothing is written on this machine', async () => {
    const { server, records } = await collector()
    await serveOnce({
      PORTICO_AUDIT: 'off',
      PORTICO_AUDIT_OTLP: 'on',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${server.origin}/`,
      OTEL_TRACES_EXPORTER: 'none',
    })
    expect(records()).toHaveLength(3)
  })
})

describe('where audit records go by OTLP', () => {
  const read = (environment: Readonly<Record<string, string>>) => {
    const { settings, problems } = readSettings({ ...environment, OTEL_TRACES_EXPORTER: 'none' })
    return { otlp: settings.audit.otlp, problems }
  }
  const logs = 'https://collector.example/own/path'

  it.each<[Readonly<Record<string, string>>, string | undefined]>([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, undefined],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs }, logs],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs, PORTICO_AUDIT_OTLP: 'off' }, undefined],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs, OTEL_LOGS_EXPORTER: 'none' }, undefined],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/', PORTICO_AUDIT_OTLP: 'on' },
      'http://collector:4318/v1/logs',
    ],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs,
      },
      logs,
    ],
  ])('%j: %s', (environment, url) => {
    expect(read(environment)).toMatchObject({ problems: [], ...(url !== undefined && { otlp: { url } }) })
    expect(read(environment).otlp?.url).toBe(url)
  })

  it('takes headers, resource and time limit as OpenTelemetry has them, those for logs first', () => {
    expect(
      read({
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20one, x-tenant = a',
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'authorization=Bearer%20two',
        OTEL_RESOURCE_ATTRIBUTES: 'service.name=one,deployment.environment.name=production',
        OTEL_SERVICE_NAME: 'two',
        OTEL_EXPORTER_OTLP_TIMEOUT: '3000',
      }),
    ).toEqual({
      problems: [],
      otlp: {
        url: logs,
        headers: { authorization: 'Bearer two', 'x-tenant': 'a' },
        resource: { 'service.name': 'two', 'deployment.environment.name': 'production' },
        timeoutMs: 3000,
      },
    })
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['PORTICO_AUDIT_OTLP', { PORTICO_AUDIT_OTLP: 'yes' }],
    ['PORTICO_AUDIT_OTLP', { PORTICO_AUDIT_OTLP: 'on' }],
    [
      'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
      { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://user:hunter2@collector' },
    ],
    ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'collector:4318' }],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs, OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' },
    ],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs, OTEL_EXPORTER_OTLP_HEADERS: 'a=hunter2%0D%0Ab: c' },
    ],
    [
      'OTEL_EXPORTER_OTLP_TIMEOUT',
      { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: logs, OTEL_EXPORTER_OTLP_TIMEOUT: '1s' },
    ],
    [
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      {
        PORTICO_AUDIT_OTLP: 'on',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      },
    ],
  ])('says what is wrong with %s, and repeats no secret: %j', (setting, environment) => {
    const { problems } = read(environment)
    expect(problems.map((problem) => problem.setting)).toEqual([setting])
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })
})
