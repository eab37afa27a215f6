import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { workspaceRoot } from '../../scripts/workspace-packages.ts'
import { markdownPages } from './code-fences.ts'

describe.each(markdownPages())('%s', (page) => {
  it('links only to files and headings that exist', () => {
    const dead = relativeLinks(page).filter((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? page : join(dirname(page), file)
      if (!existsSync(join(workspaceRoot, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(dead).toEqual([])
  })
})

function relativeLinks(page: string): string[] {
  const text = withoutCode(readFileSync(join(workspaceRoot, page), 'utf8'))
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
}

/** Anchors of the headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const text = withoutCode(readFileSync(join(workspaceRoot, page), 'utf8'))
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '')
}
