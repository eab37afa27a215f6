import { expect, it } from 'vitest'

import { checkHosting } from '../src/hosting/check-hosting.ts'
import type { HostingOptions } from '../src/hosting/running-server.ts'

const check = (options: object) => () => checkHosting(options as HostingOptions, ['dispatcher'])

it.each([
  { port: 0 },
  { port: 9000, hosts: ['::'], trustedProxies: [], drainSeconds: 0, onRequest: () => {}, dispatcher: {} },
  { port: 9000, hosts: undefined },
])('serve takes %j', (options) => {
  expect(check(options)).not.toThrow()
})

it.each([
  [{}, 'port must be a whole number from 0 to 65535.'],
  [{ port: '9000' }, 'port must be a whole number'],
  [{ port: 65_536 }, 'port must be a whole number'],
  [{ port: 0, hosts: '127.0.0.1' }, 'hosts must be a list of addresses, e.g. ["::"].'],
  [{ port: 0, hosts: [] }, 'hosts must be a list of addresses'],
  [{ port: 0, host: '::' }, 'host is an unknown option. Did you mean "hosts"?'],
  [{ port: 0, trustedProxies: '10.0.0.0/8' }, 'trustedProxies must be a list of addresses and ranges'],
  [{ port: 0, drainSeconds: '10' }, 'drainSeconds must be a number of seconds.'],
  [{ port: 0, onRequest: 'log' }, 'onRequest must be a function.'],
  [{ port: 0, certificate: 'x' }, 'certificate is an unknown option. Known options: port, hosts'],
])('serve refuses %j from callers without types', (options, message) => {
  expect(check(options)).toThrow(TypeError)
  expect(check(options)).toThrow(message)
})
