/**
 * A path of ours, or `undefined`: what decides where the browser goes next must not name another site (SEC-17, E11).
 * Backslashes and control characters count as slashes or nothing in some parser, so they are refused.
 */
export function localPath(publicUrl: string, value: string | undefined): string | undefined {
  if (value === undefined || !/^\/(?![/\\])[\x21-\x5B\x5D-\x7E]*$/.test(value)) return undefined
  if (!URL.canParse(value, publicUrl)) return undefined
  const { origin, pathname, search } = new URL(value, publicUrl)
  return origin === publicUrl && !pathname.startsWith('//') ? pathname + search : undefined
}
