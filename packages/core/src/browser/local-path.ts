import type { Settings } from '../settings.ts'
import { beginsAuthorization } from './begins-authorization.ts'

/**
 * A path of ours, or `undefined`: what decides where the browser goes next must not name another site (SEC-17, E11).
 * Backslashes and control characters count as slashes or nothing in some parser, so they are refused. So are the paths at
 * which authorizations begin: a browser that a page of ours sends there looks as if nobody had led it (AS-44, E03).
 */
export function localPath(
  settings: Pick<Settings, 'publicUrl' | 'basePath'>,
  value: string | undefined,
): string | undefined {
  if (value === undefined || !/^\/(?![/\\])[\x21-\x5B\x5D-\x7E]*$/.test(value)) return undefined
  const { publicUrl } = settings
  if (!URL.canParse(value, publicUrl)) return undefined
  const url = new URL(value, publicUrl)
  const { origin, pathname, search } = url
  if (origin !== publicUrl || pathname.startsWith('//') || beginsAuthorization(settings, url))
    return undefined
  return pathname + search
}
