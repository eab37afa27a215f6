// Gathers the pages of the site, which are written all over the repository, into `content/`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { pages, repository } from './sections.ts'
import { sitePage } from './site-page.ts'

const content = new URL('../content/', import.meta.url)
rmSync(content, { recursive: true, force: true })
for (const page of pages) {
  const file = fileURLToPath(new URL(`${page.path}.md`, content))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, sitePage(page, readFileSync(new URL(page.source, repository), 'utf8'), pages))
}
console.log(`${pages.length} pages`)
