import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, it, onTestFinished } from 'vitest'

import { NodeClient } from '../src/node-client.ts'
import { writeResponse } from '../src/node-response.ts'

const chunks = 200
const chunk = new Uint8Array(65_536)

/** Answers one request with a body of many chunks, and tells about its end. */
async function answerLong() {
  const ended = Promise.withResolvers<ServerResponse>()
  const listeners = { most: 0 }
  const server = createServer((_request, response) => {
    let left = chunks
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        listeners.most = Math.max(listeners.most, response.listenerCount('close'))
        if ((left -= 1) >= 0) controller.enqueue(chunk)
        else controller.close()
      },
    })
    void writeResponse(new NodeClient(response, undefined), new Response(body)).then(() =>
      ended.resolve(response),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const request = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return { answer, ended: ended.promise, listeners }
}

it('PROXY-11 a long body waits for its reader again and again, and leaves no listener behind', async () => {
  const { answer, ended, listeners } = await answerLong()
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) length += part.byteLength
  expect(length).toBe(chunks * chunk.byteLength)
  await ended
  expect(listeners.most).toBeLessThan(10)
})

it('TR-10 a reader that leaves in the middle ends the writing', async () => {
  const { answer, ended } = await answerLong()
  await once(answer, 'readable')
  answer.destroy()
  expect((await ended).destroyed).toBe(true)
})
