const maximumLength = 300

/**
 * Two strings that should have been the same, with a mark under the first character that differs: issuers differ by a
 * slash or a scheme, and eyes slide over that.
 */
export function describeMismatch(expected: string, received: string): string {
  const [one, other] = [printable(expected), printable(received)]
  let index = 0
  while (index < one.length && one[index] === other[index]) index += 1
  const lines = [
    `  expected ${one}`,
    `  received ${other}`,
    `           ${' '.repeat(index)}^ first difference`,
  ]
  if (withoutSlash(expected) === withoutSlash(received)) {
    lines.push('  They differ by the trailing slash, which is part of an issuer.')
  }
  return lines.join('\n')
}

const withoutSlash = (text: string): string => (text.endsWith('/') ? text.slice(0, -1) : text)

/** Quoted, so that control characters show and cannot forge log lines. */
const printable = (text: string): string => JSON.stringify(text.slice(0, maximumLength))
