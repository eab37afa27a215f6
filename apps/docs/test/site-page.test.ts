import { existsSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { pages, repository } from '../src/sections.ts'
import { sitePage } from '../src/site-page.ts'

const site = [
  { path: 'quick-start', source: 'docs/quick-start.md' },
  { path: 'providers/index', source: 'docs/providers/README.md' },
  { path: 'providers/logto', source: 'packages/providers/logto/README.md' },
]
const [quickStart, , logto] = site as [(typeof site)[0], (typeof site)[0], (typeof site)[0]]

describe('sitePage', () => {
  it('leads links between files to the addresses that the pages have on the site', () => {
    expect(sitePage(quickStart, '[Logto](../packages/providers/logto/README.md#test-it)', site)).toBe(
      '[Logto](./providers/logto.md#test-it)',
    )
    expect(sitePage(logto, '[`all`](../../../docs/providers)', site)).toBe('[`all`](./index.md)')
  })

  it('leaves addresses elsewhere, anchors and code as they are', () => {
    const markdown = '[a](https://example.com) [b](#test-it)\n\n```md\n[c](../gone.md)\n```\n'
    expect(sitePage(quickStart, markdown, site)).toBe(markdown)
  })

  it('makes a link to something that is no page its text', () => {
    expect(sitePage(quickStart, 'See [the licence](../LICENSE).', site)).toBe('See the licence.')
  })

  it('refuses a link to Markdown that the site does not have, and names both', () => {
    expect(() => sitePage(quickStart, '[gone](gone.md)', site)).toThrow(
      'docs/quick-start.md links to docs/gone.md, which is not a page of the site: name it in sections.ts',
    )
  })
})

describe('the site', () => {
  it('has no page without a source, and no address twice', () => {
    expect(pages.filter(({ source }) => !existsSync(new URL(source, repository)))).toEqual([])
    expect(new Set(pages.map(({ path }) => path)).size).toBe(pages.length)
  })
})
