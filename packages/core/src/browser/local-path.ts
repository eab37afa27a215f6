import type { Settings } from '../settings.ts'

/**
 * A path of ours, or `undefined`: what decides where the browser goes next must not name another site (SEC-17, E11).
 * Backslashes and control characters count as slashes or nothing in some parser, so they are refused. So are the paths at
 * which authorizations begin: a browser that a page of ours sends there looks as if nobody had led it (AS-44, E03).
 */
export function localPath(
  { publicUrl, basePath }: Pick<Settings, 'publicUrl' | 'basePath'>,
  value: string | undefined,
): string | undefined {
  if (value === undefined || !/^\/(?![/\\])[\x21-\x5B\x5D-\x7E]*$/.test(value)) return undefined
  if (!URL.canParse(value, publicUrl)) return undefined
  const { origin, pathname, search } = new URL(value, publicUrl)
  if (origin !== publicUrl || pathname.startsWith('//') || isAuthorization(basePath, pathname))
    return undefined
  return pathname + search
}

/** However it is spelled; what cannot be read counts as one. */
function isAuthorization(basePath: string, pathname: string): boolean {
  let path: string
  try {
    path = `${decodeURIComponent(pathname).toLowerCase()}/`
  } catch {
    return true
  }
  return path.startsWith('/authorize/') || path.startsWith(`${basePath.toLowerCase()}/authorize/`)
}
