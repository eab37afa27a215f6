/** Where two strings part, as the end of a sentence: issuers differ by a slash or a letter, and eyes slide over that. */
export function firstDifference(ours: string, theirs: string): string {
  if (withoutSlash(ours) === withoutSlash(theirs)) {
    return theirs.endsWith('/') ? 'the published one ends with "/"' : 'ours ends with "/"'
  }
  let index = 0
  while (index < ours.length && ours[index] === theirs[index]) index += 1
  const rest = (text: string) =>
    index < text.length ? JSON.stringify(text.slice(index, index + 24)) : 'its end'
  return `they differ from character ${index + 1} on: ours continues with ${rest(ours)}, theirs with ${rest(theirs)}`
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text
}
