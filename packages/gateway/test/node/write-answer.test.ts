import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, it, onTestFinished } from 'vitest'

import { writeAnswer } from '../../src/node/write-answer.ts'

it.each(['', '{"client_name":"Zoe"}', '{"client_name":"Zoë"}', '{"client_name":"佐江 🦊"}'])(
  'writes %j whole, with its length in bytes and the id of its request',
  async (body) => {
    const headers = { 'content-type': 'application/json' }
    const server = createServer((request, response) =>
      writeAnswer(request, response, { status: 201, headers, body }, 'request-1'),
    )
    onTestFinished(() => server.close().closeAllConnections())
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(await answer.text()).toBe(body)
    expect(answer.status).toBe(201)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(new TextEncoder().encode(body).length),
      'x-request-id': 'request-1',
    })
  },
)
