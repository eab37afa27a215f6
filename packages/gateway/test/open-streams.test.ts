import { expect, it } from 'vitest'

import { openStreams } from '../src/hosting/open-streams.ts'

/** A stream that says one thing and nothing more. */
function endless(contentType = 'text/event-stream') {
  const left = Promise.withResolvers<unknown>()
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(': one\n\n')),
    cancel: (reason) => left.resolve(reason),
  })
  return { response: new Response(body, { headers: { 'content-type': contentType } }), left: left.promise }
}

const request = (method: string) => new Request('https://mcp.example.com/mcp/demo', { method })

it('streams end in order, and their upstreams are left', async () => {
  const streams = openStreams()
  const { response, left } = endless('text/event-stream; charset=utf-8')
  const text = streams.add(request('POST'), response).text()
  streams.endListening()
  expect(await Promise.race([text, Promise.resolve('open')])).toBe('open')
  streams.end()
  expect(await text).toMatch(/^(: one\n\n)?$/)
  await expect(left).resolves.toBeUndefined()
})

it('streams on which clients only listen end first', async () => {
  const streams = openStreams()
  const { response, left } = endless()
  const reader = streams.add(request('GET'), response).body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(': one\n\n')
  const next = reader?.read()
  streams.endListening()
  expect(await next).toEqual({ done: true, value: undefined })
  await left
})

it('streams that end, break or are left by themselves are as they were', async () => {
  const streams = openStreams()
  const whole = new Response('data: 1\n\n', { headers: { 'content-type': 'text/event-stream' } })
  expect(await streams.add(request('POST'), whole).text()).toBe('data: 1\n\n')
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('gone')) })
  const breaking = new Response(broken, { headers: { 'content-type': 'text/event-stream' } })
  await expect(streams.add(request('POST'), breaking).text()).rejects.toThrow('gone')
  const { response, left } = endless()
  await streams.add(request('POST'), response).body?.cancel('no more')
  expect(await left).toBe('no more')
  expect(() => streams.end()).not.toThrow()
})

it('everything else is passed on itself', () => {
  const streams = openStreams()
  const page = Response.json({ status: 'ok' })
  expect(streams.add(request('GET'), page)).toBe(page)
  const empty = new Response(null, { status: 204 })
  expect(streams.add(request('POST'), empty)).toBe(empty)
})
