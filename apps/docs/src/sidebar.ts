import { readFileSync } from 'node:fs'

// @boundaries-ignore scripts of the workspace
import { packageEntries } from '../../../scripts/public-entries.ts'
import { type Page, repository, sections } from './sections.ts'

/** The sidebar; a page is called as its heading says, and what a package exports as it is imported. */
export const sidebar = [
  ...sections.map(({ title, pages }) => ({
    text: title,
    items: pages.map((page) => ({ text: titleOf(page), link: `/${page.path.replace(/index$/, '')}` })),
  })),
  {
    text: 'API',
    collapsed: true,
    items: packageEntries().map(({ specifier }) => ({
      text: specifier,
      link: `/reference/api/${specifier}`,
    })),
  },
]

function titleOf({ title, source }: Page): string {
  if (title !== undefined) return title
  const markdown = readFileSync(new URL(source, repository), 'utf8')
  return /^# (.+)$/m.exec(markdown)?.[1] ?? source
}
