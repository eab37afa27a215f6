import type { SettingProblem } from './settings.ts'

/** Every variable of this name that is read somewhere. */
const known: readonly string[] = [
  'PORTICO_ADMIN_HOST',
  'PORTICO_ADMIN_PORT',
  'PORTICO_ADMIN_TOKEN',
  'PORTICO_ADMIN_URL',
  'PORTICO_ALLOW_ADDRESSES',
  'PORTICO_ALLOW_HOSTS',
  'PORTICO_AUDIT',
  'PORTICO_AUDIT_ARGUMENTS',
  'PORTICO_AUDIT_OTLP',
  'PORTICO_AUDIT_REDACT',
  'PORTICO_EGRESS_PROXY',
  'PORTICO_KEYS',
  'PORTICO_LOG',
  'PORTICO_PORT',
  'PORTICO_PUBLIC_URL',
  'PORTICO_STORAGE',
  'PORTICO_TRUSTED_PROXIES',
]

/**
 * Variables that are nearly settings, which then have no effect. Others beginning with `PORTICO_` may be anything: the
 * operator's own, for the configuration files, or those that Kubernetes adds.
 */
export function misspelledSettings(
  environment: Readonly<Record<string, string | undefined>>,
): readonly SettingProblem[] {
  return Object.keys(environment).flatMap((setting) => {
    if (!/^portico_/i.test(setting) || known.includes(setting)) return []
    const meant = known.find((name) => wordsOf(name) === wordsOf(setting))
    return meant === undefined
      ? []
      : [{ setting, message: `is no setting, and has no effect: did you mean ${meant}?` }]
  })
}

/** The same for one word in the singular and in the plural, in any case, and with or without underscores. */
function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .split('_')
    .map((word) => word.replace(/ies$/, 'y').replace(/(?<=ss|x)es$|(?<!s)s$/, ''))
    .join('')
}
