import type { AuditEvent } from '@portico/core'

import type { GatewayOptions } from '../../src/index.ts'
import { testGateway } from '../test-gateway.ts'

export const adminToken = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'
export const adminOrigin = 'http://127.0.0.1:9100'

/** A gateway whose admin side is switched on, and an operator. */
export function adminGateway(
  options: Partial<GatewayOptions> = {},
  surroundings?: Parameters<typeof testGateway>[1],
) {
  const events: AuditEvent[] = []
  const onEvent = (event: AuditEvent) => events.push(event)
  const peers = testGateway({ admin: { token: adminToken }, onEvent, ...options }, surroundings)
  const admin = (path: string, init?: RequestInit, clientAddress = '127.0.0.1') =>
    peers.gateway.admin.fetch(new Request(adminOrigin + path, init), { clientAddress })
  /** A call of an operator's program. */
  const call = (path: string, init: RequestInit = {}, clientAddress?: string) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${adminToken}`)
    return admin(path, { ...init, headers }, clientAddress)
  }
  return { ...peers, events, admin, call }
}
