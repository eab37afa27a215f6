import { describe, expect, it } from 'vitest'

import { createLog, type LogOptions } from '../src/log.ts'

function logged(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = createLog({
    level: 'debug',
    format: 'json',
    write: (text) => lines.push(text),
    now: () => 0,
    ...options,
  })
  return { log, lines }
}

const requestId = '4bf92f3577b34da6a3ce929d0e0e4736'
const request = {
  method: 'GET',
  path: '/',
  status: 200,
  durationMs: 1,
  clientAddress: '192.0.2.1',
  requestId,
}

describe('the log', () => {
  it('has one JSON object per line, with the members of the event', () => {
    const { log, lines } = logged()
    log.event({
      name: 'token.issued',
      outcome: 'success',
      subject: 'ada',
      traceId: undefined,
      detail: { grant: 'g1' },
    })
    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"token.issued","outcome":"success","subject":"ada","grant":"g1"}\n',
    ])
  })

  it('has lines for people, in which nothing can forge another line', () => {
    const { log, lines } = logged({ format: 'text' })
    log.event({ name: 'token.issued', outcome: 'denied', reason: 'x', clientId: 'a\n1970 info b' })
    expect(lines).toEqual([
      '1970-01-01T00:00:00.000Z info  token.issued outcome=denied reason=x clientId="a\\n1970 info b"\n',
    ])
  })

  it('has lines for people, in which nothing controls their terminal or hides', () => {
    const { log, lines } = logged({ format: 'text' })
    log.request({ ...request, path: '/\u009b2J\u202e\u{e0041}' })
    expect(lines[0]).toContain(String.raw`path="/\u{9b}2J\u{202e}\u{e0041}"`)
  })

  it.each([
    ['silent', []],
    ['error', ['server.failed', 'upstream.failed', 'audit.export_failed']],
    ['info', ['token.issued', 'server.failed', 'upstream.failed', 'audit.export_failed']],
    ['debug', ['token.issued', 'server.failed', 'upstream.failed', 'audit.export_failed', 'request']],
  ] as const)('at level %s has %j', (level, expected) => {
    const { log, lines } = logged({ level })
    log.event({ name: 'token.issued', outcome: 'success' })
    log.event({ name: 'server.failed', outcome: 'failure' })
    log.error(new Error('x'))
    log.auditExport(new Error('lost'))
    log.request(request)
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(expected)
  })

  it('names the request in every line that belongs to one', () => {
    const { log, lines } = logged()
    log.event({ name: 'token.refused', outcome: 'denied', requestId })
    log.error(new Error('x'), requestId)
    log.request(request)
    expect(lines.map((line) => (JSON.parse(line) as { requestId: string }).requestId)).toEqual([
      requestId,
      requestId,
      requestId,
    ])
  })

  it('R206 names the causes of an error, four deep', () => {
    const chain = [5, 4, 3, 2, 1].reduce<Error | undefined>(
      (cause, depth) => new TypeError(`depth ${depth}`, { cause }),
      undefined,
    )
    const { log, lines } = logged()
    log.error(chain)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      causes: ['TypeError: depth 1', 'TypeError: depth 2', 'TypeError: depth 3', 'TypeError: depth 4'],
    })
  })
})
