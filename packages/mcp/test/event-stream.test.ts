import { array, assert as check, constantFrom, integer, property, string } from 'fast-check'
import { expect, it } from 'vitest'

import { MalformedBodyError } from '../src/body-filter.ts'
import { type StreamEvent, splitEvents, withData } from '../src/event-stream.ts'
import { decodeHeaderValue, encodeHeaderValue } from '../src/header-value.ts'
import { eventBoundary } from '../src/keep-alive.ts'
import { skimEvents } from '../src/skim-events.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

const mark = '"wanted"'
const isWanted = (read: Uint8Array) => new TextDecoder().decode(read).includes(mark)

function chunksOf(text: string, cuts: readonly number[]): readonly Uint8Array[] {
  const all = bytes(text)
  const at = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((one, other) => one - other)
  return [...at, all.length].map((end, index) => all.subarray(index === 0 ? 0 : at[index - 1], end))
}

function split(text: string, cuts: readonly number[]) {
  const splitter = splitEvents(1_000_000)
  const found = chunksOf(text, cuts).flatMap((chunk) => splitter.push(chunk))
  return { found, rest: splitter.end() }
}

/** Splits what may matter, and takes the rest as it is. */
function skim(text: string, cuts: readonly number[]) {
  const skimmer = skimEvents(1_000_000, isWanted, mark.length)
  const splitter = splitEvents(1_000_000)
  const found = chunksOf(text, cuts).flatMap((chunk): readonly StreamEvent[] => {
    const { bytes: complete, mayMatter } = skimmer.push(chunk)
    if (mayMatter) return splitter.push(complete)
    return [{ text: new TextDecoder('utf-8', { fatal: true }).decode(complete), data: undefined }]
  })
  splitter.push(skimmer.end())
  return { found, rest: splitter.end() }
}

it('finds the same events wherever the chunks are cut', () => {
  const line = constantFrom(
    'data: a',
    'data:b',
    'data',
    'data: ü€😀',
    'id: 1',
    ': comment',
    'event: message',
    'retry: 1',
    'dataset: no',
  )
  const event = array(line, { minLength: 1, maxLength: 4 })
  check(
    property(
      array(event),
      constantFrom('\n', '\r\n', '\r'),
      array(integer({ min: 0, max: 10_000 })),
      (lists, end, cuts) => {
        const text = lists.map((lines) => `${lines.join(end)}${end}${end}`).join('')
        const { found, rest } = split(`${text}data: unfinished`, cuts)
        // A last `\r` may be half of a line end and waits: what follows shows that it is not.
        expect(found.map((one) => one.text).join('') + rest).toBe(`${text}data: unfinished`)
        expect(found).toHaveLength(lists.length)
      },
    ),
  )
})

it('misses no event of interest, wherever the chunks are cut, and changes none', () => {
  const event = constantFrom(
    'data: a',
    'id: 1\ndata: a "wanted" b',
    ': "wanted"',
    'data: ü\ndata: "wan',
    ': ',
  )
  check(
    property(
      array(event),
      constantFrom('\n', '\r\n', '\r'),
      array(integer({ min: 0, max: 10_000 })),
      (events, end, cuts) => {
        const texts = events.map((one) => `${one.replaceAll('\n', end)}${end}${end}`)
        const { found, rest } = skim(`${texts.join('')}data: unfinished`, cuts)
        expect(found.map(({ text }) => text).join('') + rest).toBe(`${texts.join('')}data: unfinished`)
        expect(found.filter(({ data }) => data?.includes('"wanted"')).map(({ text }) => text)).toEqual(
          texts.filter((text) => text.includes('data: a "wanted"')),
        )
      },
    ),
  )
})

it('H08 refuses an event that never ends, of interest or not', () => {
  for (const text of ['x', '"wanted"']) {
    const skimmer = skimEvents(100, isWanted, mark.length)
    skimmer.push(bytes(`data: ${text}`.padEnd(100, 'x')))
    expect(() => skimmer.push(bytes('x'))).toThrow(MalformedBodyError)
  }
})

it.each([
  ['data: a\ndata: b\n\n', 'a\nb'],
  ['data:a\n\n', 'a'],
  ['data:  a\n\n', ' a'],
  ['data\n\n', ''],
  [': comment\n\n', undefined],
  ['datum: a\n\n', undefined],
  ['data: a\r\nid: 7\r\n\r\n', 'a'],
])('reads the data of %j as %j', (text, data) => {
  expect(split(text, []).found).toEqual([{ text, data }])
})

it('gives an event other data and keeps its id, name and comments', () => {
  const [event] = split(': c\r\nid: 7\r\ndata: a\r\nevent: message\r\ndata: b\r\n\r\n', []).found
  expect(event && withData(event, '{}')).toBe(': c\nid: 7\nevent: message\ndata: {}\n\n')
})

it('H08 refuses an event that never ends', () => {
  const splitter = splitEvents(100)
  expect(splitter.push(bytes('data: '.padEnd(100, 'x')))).toEqual([])
  expect(() => splitter.push(bytes('x'))).toThrow(MalformedBodyError)
})

it.each([
  ['', true],
  ['data: a\n\n', true],
  ['data: a\r\n\r\n', true],
  ['data: a\n', false],
  ['data: a\r\n', false],
  ['data: a', false],
])('knows whether %j ends between two events: %s', (text, expected) => {
  for (let cut = 0; cut <= text.length; cut++) {
    const boundary = eventBoundary()
    boundary.see(bytes(text.slice(0, cut)))
    boundary.see(bytes(text.slice(cut)))
    expect(boundary.isBetweenEvents()).toBe(expected)
  }
})

it('TR-07 writes any value so that it reads back, in characters that a header may have', () => {
  check(
    property(string({ unit: 'grapheme' }), (value) => {
      const header = encodeHeaderValue(value)
      expect(header).toMatch(/^[\x20-\x7e\t]*$/)
      expect(header.trim()).toBe(header)
      expect(decodeHeaderValue(header)).toBe(value)
    }),
  )
})

it.each([
  ['us-west1', 'us-west1'],
  ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
  [' padded ', '=?base64?IHBhZGRlZCA=?='],
  ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
  ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
])('TR-07 writes %j as the specification does', (value, header) => {
  expect(encodeHeaderValue(value)).toBe(header)
})

it.each(['=?base64?ZWNob=?=', '=?base64?!?=', '=?base64?/w==?=', '=?base64?ZWNobw?='])(
  'TR-07 does not decode %j',
  (header) => {
    expect(decodeHeaderValue(header)).toBeUndefined()
  },
)
