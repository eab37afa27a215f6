import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { threatSections } from '../../conformance/attacks/threats/index.ts'
import { workspaceRoot } from '../../scripts/workspace-packages.ts'

const counts: Readonly<Record<string, number>> = {
  A: 11,
  B: 7,
  C: 8,
  D: 8,
  E: 13,
  F: 11,
  G: 7,
  H: 9,
  I: 5,
  J: 5,
}

it('lists every line of the attack list once', () => {
  const wanted = Object.entries(counts).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`),
  )
  expect(threatSections.flatMap(({ threats }) => threats.map(({ id }) => id))).toEqual(wanted)
})

const defences = threatSections.flatMap(({ threats }) =>
  threats.flatMap(({ id, defences: those }) => those.map((defence) => [id, defence] as const)),
)

describe.each(defences)('the defence against %s', (_id, { file, removal }) => {
  it(`is still in ${file}: else correct conformance/attacks/threats`, () => {
    expect(existsSync(join(workspaceRoot, file)), `${file} exists`).toBe(true)
    const source = readFileSync(join(workspaceRoot, file), 'utf8')
    // What `pnpm check:mutations` takes away must be there, once.
    expect(removal === undefined ? 1 : source.split(removal.text).length - 1, removal?.text).toBe(1)
  })
})
