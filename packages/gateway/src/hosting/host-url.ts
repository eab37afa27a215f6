/** A `Host` header as a URL; `undefined` for anything but a name and a port. */
export function hostUrl(host: string | undefined): URL | undefined {
  // The URL parser would also read user info or a path.
  if (host === undefined || !/^[\w.[\]:-]+$/.test(host) || !URL.canParse(`http://${host}`)) return undefined
  return new URL(`http://${host}`)
}
