import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { authorizationEvents } from '../src/index.ts'

const source = join(import.meta.dirname, '../src')
const eventName = /'((?:[a-z]+_?)+\.(?:[a-z]+_?)+)'/g

/** Whatever in the sources has the form of an event's name, but for the table itself and the texts of pages. */
const emitted = new Set(
  globSync('**/*.ts', { cwd: source })
    .filter((file) => file !== 'authorization-events.ts' && !file.startsWith('pages/messages'))
    .flatMap((file) => {
      const text = readFileSync(join(source, file), 'utf8')
      return /\bemit\b|EventName/.test(text) ? [...text.matchAll(eventName)].map(([, name = '']) => name) : []
    }),
)

describe('the table of events', () => {
  it('names every event that is emitted', () => {
    expect([...emitted].filter((name) => !(name in authorizationEvents))).toEqual([])
  })

  it('names no event that is not', () => {
    expect(Object.keys(authorizationEvents).filter((name) => !emitted.has(name))).toEqual([])
  })
})
