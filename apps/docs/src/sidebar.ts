import { readFileSync } from 'node:fs'

import { type Page, repository, sections } from './sections.ts'

/** The sidebar; a page is called as its heading says. */
export const sidebar = sections.map(({ title, pages }) => ({
  text: title,
  items: pages.map((page) => ({ text: titleOf(page), link: `/${page.path.replace(/index$/, '')}` })),
}))

function titleOf({ title, source }: Page): string {
  if (title !== undefined) return title
  const markdown = readFileSync(new URL(source, repository), 'utf8')
  return /^# (.+)$/m.exec(markdown)?.[1] ?? source
}
