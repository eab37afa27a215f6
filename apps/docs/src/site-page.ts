import { dirname, join, relative } from 'node:path/posix'

import type { Page } from './sections.ts'

/**
 * A page as the site has it: links to other pages lead to their addresses there, links to anything else of the
 * repository become their text.
 *
 * @param pages every page of the site
 * @throws {Error} when a link leads to Markdown that the site does not have
 */
export function sitePage(page: Page, markdown: string, pages: readonly Page[]): string {
  const addresses = new Map(pages.map(({ source, path }) => [source, path]))
  return outsideBlocks(markdown, (prose) =>
    prose.replaceAll(/\[([^\]]*)\]\(([^)\s]+)\)/g, (link, text: string, target: string) => {
      if (/^([a-z]+:|#|\/)/.test(target)) return link
      const [file = '', anchor] = target.split('#')
      const source = join(dirname(page.source), file).replace(/\/$/, '')
      const address = addresses.get(source) ?? addresses.get(`${source}/README.md`)
      if (address !== undefined)
        return `[${text}](${relativeLink(page.path, address)}${anchor === undefined ? '' : `#${anchor}`})`
      if (source.endsWith('.md'))
        throw new Error(
          `${page.source} links to ${source}, which is not a page of the site: name it in sections.ts`,
        )
      return text
    }),
  )
}

function relativeLink(from: string, to: string): string {
  const link = relative(dirname(from), to)
  return `${link.startsWith('.') ? link : `./${link}`}.md`
}

/** Applies a change to everything but blocks of code. */
function outsideBlocks(markdown: string, change: (prose: string) => string): string {
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('')
}
