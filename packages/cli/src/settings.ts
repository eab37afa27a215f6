import { isIP } from 'node:net'

import { isLoopbackHost } from '@portico/safe-fetch'

import { adminSettings } from './admin-settings.ts'
import type { AdminSettings } from './admin-settings.ts'
import { auditSetting } from './audit-setting.ts'
import type { AuditSetting } from './audit-setting.ts'
import { portSetting } from './port-setting.ts'
import { defaultStorage, parseStorageSetting } from './storage-setting.ts'
import type { StorageSetting } from './storage-setting.ts'
import { tracingSetting } from './tracing-setting.ts'
import type { TracingVariables } from './tracing-setting.ts'

/** What the environment says about how the gateway runs. */
export interface ServeSettings {
  /** Absent: derived, on loopback only. */
  readonly publicUrl: string | undefined
  readonly port: number
  readonly storage: StorageSetting
  /** Newest first; absent only in development. */
  readonly keys: readonly string[] | undefined
  /** How the admin side is served; absent: not at all. */
  readonly admin: AdminSettings | undefined
  /** Addresses and ranges. */
  readonly trustedProxies: readonly string[]
  /** How far requests to clients and identity providers may go. */
  readonly egress: EgressSettings
  readonly logLevel: LogLevel
  readonly audit: AuditSetting
  /** OpenTelemetry's own variables, where they switch traces on. */
  readonly tracing: TracingVariables | undefined
  /** Loopback: plain http, and a key that is created when there is none. */
  readonly development: boolean
}

export interface EgressSettings {
  /** Names that may resolve to private addresses. */
  readonly allowHosts: readonly string[]
  /** Private ranges that any name may resolve to. */
  readonly allowAddresses: readonly string[]
  readonly egressProxy: string | undefined
}

const logLevels = ['silent', 'error', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** One mistake in the environment or on the command line. */
export interface SettingProblem {
  /** e.g. `PORTICO_KEYS` or `--port`. */
  readonly setting: string
  readonly message: string
}

export interface SettingsResult {
  readonly settings: ServeSettings
  readonly problems: readonly SettingProblem[]
}

type Report = (setting: string, message: string) => void

/** Reads `PORTICO_…`; `port` is what the command line says, which wins. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  { port }: { readonly port?: string | undefined } = {},
): SettingsResult {
  const problems: SettingProblem[] = []
  const report: Report = (setting, message) => problems.push({ setting, message })
  const given = (name: string) => {
    const value = environment[name]?.trim()
    return value === '' || (value !== undefined && isServiceLink(name, value)) ? undefined : value
  }
  const list = (name: string) =>
    given(name)
      ?.split(/[\s,]+/)
      .filter((item) => item !== '') ?? []

  const publicUrl = publicUrlSetting(given('PORTICO_PUBLIC_URL'), report)
  const development = publicUrl === undefined || publicUrl.startsWith('http:')
  const keys = list('PORTICO_KEYS')
  if (!development && keys.length === 0) {
    report(
      'PORTICO_KEYS',
      'is missing: tokens and cookies are sealed under it. Run "portico keys generate" and set its output.',
    )
  }
  const portName = port === undefined ? 'PORTICO_PORT' : '--port'
  const gatewayPort = portSetting(portName, port ?? given('PORTICO_PORT'), report) ?? 9000
  const storage = storageSetting(given('PORTICO_STORAGE'), report)
  const settings: ServeSettings = {
    publicUrl,
    development,
    keys: keys.length > 0 ? keys : undefined,
    admin: adminSettings(given, gatewayPort, report),
    port: gatewayPort,
    storage,
    trustedProxies: rangesSetting('PORTICO_TRUSTED_PROXIES', list('PORTICO_TRUSTED_PROXIES'), report),
    egress: {
      allowHosts: hostsSetting(list('PORTICO_ALLOW_HOSTS'), report),
      allowAddresses: rangesSetting('PORTICO_ALLOW_ADDRESSES', list('PORTICO_ALLOW_ADDRESSES'), report),
      egressProxy: proxySetting(given('PORTICO_EGRESS_PROXY'), report),
    },
    logLevel: logSetting(given('PORTICO_LOG'), report),
    audit: auditSetting(given, storage, report),
    tracing: tracingSetting(environment),
  }
  return { settings, problems }
}

/**
 * Kubernetes puts `PORTICO_PORT=tcp://10.0.0.1:80` into every pod beside a service that is called `portico`, and
 * `PORTICO_ADMIN_PORT` for one that is called `portico-admin`: nobody has said that.
 */
function isServiceLink(name: string, value: string): boolean {
  return name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value)
}

function publicUrlSetting(value: string | undefined, report: Report): string | undefined {
  if (value === undefined) return undefined
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    report('PORTICO_PUBLIC_URL', 'must be the origin users see, e.g. "https://mcp.example.com".')
    return undefined
  }
  const { origin, protocol, hostname } = new URL(value)
  if (protocol === 'http:' && !isLoopbackHost(hostname)) {
    const https = origin.replace('http:', 'https:')
    report('PORTICO_PUBLIC_URL', `must be https, except on this machine. Use "${https}".`)
  } else if (value !== origin) {
    report('PORTICO_PUBLIC_URL', `must be the bare origin. Use "${origin}".`)
  }
  return origin
}

function storageSetting(value: string | undefined, report: Report): StorageSetting {
  if (value === undefined) return defaultStorage
  const setting = parseStorageSetting(value)
  if (!('problem' in setting)) return setting
  report('PORTICO_STORAGE', setting.problem)
  return { kind: 'memory' }
}

function rangesSetting(name: string, ranges: readonly string[], report: Report): readonly string[] {
  for (const range of ranges.filter((each) => !isAddressOrRange(each))) {
    report(name, `"${range}" is neither an address nor a range. Use "10.0.0.7" or "10.0.0.0/8", for example.`)
  }
  return ranges
}

function hostsSetting(hosts: readonly string[], report: Report): readonly string[] {
  for (const host of hosts.filter((each) => !/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(each))) {
    report(
      'PORTICO_ALLOW_HOSTS',
      `"${host}" is not a host name. Use "idp.corp.example" or "*.corp.example", for example.`,
    )
  }
  return hosts
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

function proxySetting(value: string | undefined, report: Report): string | undefined {
  if (value !== undefined && (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))) {
    report(
      'PORTICO_EGRESS_PROXY',
      'must be the origin of an HTTP proxy, e.g. "http://proxy.corp.example:3128".',
    )
    return undefined
  }
  return value
}

function logSetting(value: string | undefined, report: Report): LogLevel {
  if (value === undefined) return 'info'
  const level = logLevels.find((known) => known === value)
  if (level === undefined) report('PORTICO_LOG', `must be one of ${logLevels.join(', ')}.`)
  return level ?? 'info'
}
