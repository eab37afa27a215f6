/** How often an upstream may decode a URI before it looks at it. */
const maxRounds = 3

/**
 * What an upstream may take a URI for: as it came, without its percent-encoding, with its dot segments resolved. A rule
 * has to hold for all of them, or `%2e%2e/` would lead around it (H01).
 */
export function uriForms(uri: string): readonly string[] {
  const forms = new Set([uri, withoutDots(uri)])
  let current = uri
  for (let round = 0; round < maxRounds; round++) {
    const decoded = decode(current)
    if (decoded === current) break
    forms.add(decoded).add(withoutDots(decoded))
    current = decoded
  }
  return [...forms]
}

function decode(uri: string): string {
  try {
    return decodeURIComponent(uri)
  } catch {
    return uri // a percent sign that encodes nothing
  }
}

/** RFC 3986 §5.2.4, for the path of a URI of any scheme; back slashes as some file systems read them. */
function withoutDots(uri: string): string {
  const [, start = '', path = '', rest = ''] =
    /^([A-Za-z][\w+.-]*:(?:\/\/[^/\\?#]*)?)([^?#]*)(.*)$/s.exec(uri) ?? []
  const kept: string[] = []
  for (const segment of path.replaceAll('\\', '/').split('/')) {
    if (segment === '..') kept.splice(Math.max(kept.length - 1, 1))
    else if (segment !== '.') kept.push(segment)
  }
  return start === '' ? uri : `${start}${kept.join('/')}${rest}`
}
