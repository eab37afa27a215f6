import { expect, it } from 'vitest'

import { isLoopbackHost } from '../src/index.ts'

const hostnameOf = (url: string) => new URL(url).hostname

it.each([
  'http://localhost',
  'http://LOCALHOST:9000/mcp',
  'http://127.0.0.1:8080',
  'http://0x7f.1',
  'http://[::1]:9000',
])('takes %s for this machine', (url) => {
  expect(isLoopbackHost(hostnameOf(url))).toBe(true)
})

it.each([
  'http://localhost.example.com',
  'http://localhost.',
  'http://127.0.0.1.example.com',
  'http://127.0.0.2',
  'http://[::2]',
  'http://user@192.168.0.1',
])('does not take %s for this machine: it may lead elsewhere', (url) => {
  expect(isLoopbackHost(hostnameOf(url))).toBe(false)
})
