import { expect, it } from 'vitest'

import { listenOnEach } from '../src/hosting/listen-on-each.ts'

/** A machine that has some addresses, and what was listened on. */
function machine(...present: readonly string[]) {
  const listening: string[] = []
  const listen = (host: string, port: number) => {
    if (!present.includes(host)) {
      return Promise.reject(Object.assign(new Error(`listen ${host}`), { code: 'EAFNOSUPPORT' }))
    }
    listening.push(`${host} ${port}`)
    return Promise.resolve({ server: host, port: port === 0 ? 9000 : port })
  }
  return { listening, listen: (hosts: readonly string[]) => listenOnEach(hosts, 0, listen, () => undefined) }
}

it('TR-19 listens on the whole network of a machine without IPv6, too', async () => {
  const withoutIPv6 = machine('127.0.0.1', '0.0.0.0')
  expect(await withoutIPv6.listen(['::'])).toEqual({ servers: ['0.0.0.0'], port: 9000 })
  const withIPv6 = machine('127.0.0.1', '0.0.0.0', '::')
  await withIPv6.listen(['::'])
  expect(withIPv6.listening).toEqual([':: 0'])
})

it('never listens on more than loopback where loopback was asked for', async () => {
  const withoutIPv6 = machine('127.0.0.1', '0.0.0.0')
  await withoutIPv6.listen(['127.0.0.1', '::1'])
  expect(withoutIPv6.listening).toEqual(['127.0.0.1 0'])
  await expect(withoutIPv6.listen(['::1'])).rejects.toThrow('listen ::1')
})
