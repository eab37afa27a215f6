/**
 * Replaces what stands between `<!-- name:start -->` and `<!-- name:end -->`.
 *
 * @throws when the page has no such section
 */
export function replaceSection(page: string, name: string, content: string): string {
  const start = `<!-- ${name}:start -->`
  const end = `<!-- ${name}:end -->`
  const from = page.indexOf(start)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`the page needs a section ${start} … ${end}`)
  return `${page.slice(0, from + start.length)}\n\n${content.trim()}\n\n${page.slice(to)}`
}
