import { isOrigin } from '@portico/gateway'

import { portSetting } from './port-setting.ts'

/** How the admin side is served: on a port of its own. */
export interface AdminSettings {
  readonly port: number
  /** Addresses to listen on. */
  readonly hosts: readonly string[]
  /** Reaches other machines. */
  readonly isOpen: boolean
  /** Without one there are metrics alone. */
  readonly token: string | undefined
  /** By which operators reach it, where that is neither loopback nor a bare address. */
  readonly url: string | undefined
}

const loopback = ['127.0.0.1', '::1'] as const

/** Reads `PORTICO_ADMIN_…`; without a port nothing of it is served. */
export function adminSettings(
  given: (name: string) => string | undefined,
  gatewayPort: number,
  report: (setting: string, message: string) => void,
): AdminSettings | undefined {
  const port = portSetting('PORTICO_ADMIN_PORT', given('PORTICO_ADMIN_PORT'), report)
  const [token, host, url] = ['PORTICO_ADMIN_TOKEN', 'PORTICO_ADMIN_HOST', 'PORTICO_ADMIN_URL'].map(given)
  if (given('PORTICO_ADMIN_PORT') === undefined) {
    for (const [name, value] of Object.entries({
      PORTICO_ADMIN_TOKEN: token,
      PORTICO_ADMIN_HOST: host,
      PORTICO_ADMIN_URL: url,
    })) {
      if (value === undefined) continue
      report(
        name,
        'needs PORTICO_ADMIN_PORT: operators come in by a port of their own. Set one, e.g. 9100, or remove this.',
      )
    }
  }
  if (port === undefined) return undefined
  if (port === gatewayPort && port !== 0) {
    report('PORTICO_ADMIN_PORT', `is the port of the gateway: choose another one than ${port}.`)
  }
  if (url !== undefined && !isOrigin(url)) {
    report('PORTICO_ADMIN_URL', 'must be a bare origin, e.g. "https://admin.mcp.example.com".')
    return undefined
  }
  const hosts = host === undefined ? loopback : [host]
  const isOpen = hosts.some((each) => each !== 'localhost' && each !== '::1' && !each.startsWith('127.'))
  return { port, hosts, isOpen, token, url }
}
