import type { Settings } from '../settings.ts'

/**
 * Whether an authorization begins at `url`, however it is spelled; what cannot be read counts as one. No page of ours may
 * lead there: the browser would say that nobody else has led it (AS-44, E03).
 */
export function beginsAuthorization(
  { publicUrl, basePath }: Pick<Settings, 'publicUrl' | 'basePath'>,
  { origin, pathname }: URL,
): boolean {
  if (origin !== publicUrl) return false
  let path: string
  try {
    path = `${decodeURIComponent(pathname).toLowerCase()}/`
  } catch {
    return true
  }
  return path.startsWith('/authorize/') || path.startsWith(`${basePath.toLowerCase()}/authorize/`)
}
