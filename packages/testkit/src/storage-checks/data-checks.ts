import type { JsonValue, Key } from '@portico/storage'
import * as fc from 'fast-check'
import { expect } from 'vitest'

import { subject } from './storage-check.ts'
import type { StorageCheck } from './storage-check.ts'

/** Names that an adapter confuses when it joins, escapes, normalizes or truncates them carelessly. */
const oddNames = [
  'a',
  'A',
  'a ',
  ' a',
  'a:b',
  'a/b',
  'a.b',
  'a,b',
  '"a"',
  "'a'",
  '`a`',
  '\\a',
  '\\u0061',
  '%',
  '_',
  '*',
  '?',
  '[a]',
  '{a}',
  '{a}b',
  '$1',
  ':a',
  '--',
  '; DROP TABLE records',
  'null',
  'undefined',
  'true',
  '0',
  '00',
  '1e0',
  '__proto__',
  'constructor',
  'toString',
  '\n',
  '\r\n',
  '\t',
  '\0',
  'a\0',
  'a\0b',
  '\u001F',
  '\u007F',
  '\u2028',
  '\uFEFF',
  'é',
  'e\u0301',
  'ß',
  'ss',
  'Straße',
  '名前',
  '🏛️',
  '👩‍👩‍👧',
  '\uD800',
  '\uD801',
  '\uDC00',
  '\uFFFD',
  'a'.repeat(512),
  `${'a'.repeat(511)}b`,
  '語'.repeat(512),
  '"'.repeat(512),
  '🏛'.repeat(256),
]

const fidelity: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  -1,
  0.1,
  1e21,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  Number.MAX_VALUE,
  '',
  ' ',
  '\0',
  'a\0b',
  '\uD800',
  '"quoted" \\ \'single\' `tick`',
  '🏛️ 名前 é e\u0301',
  '2026-11-23T00:00:00Z',
  '{"looks":"like JSON"}',
  [],
  {},
  [[], {}, [null]],
  { '': '', ' ': 1, 'a.b': 2, constructor: 3, ключ: 4, '\0': 5 },
  { nested: { deep: { deeper: [1, { deepest: true }] } } },
  JSON.parse('{"__proto__":{"admin":true},"length":3}') as JsonValue,
  Array.from({ length: 1000 }, (_, index) => index),
]

/** Keys, groups and values come back as they were. */
export const dataChecks: readonly StorageCheck[] = [
  {
    title: 'tells apart keys that look alike',
    async run(bench) {
      const { storage } = subject(bench)
      const scope = bench.unique('')
      const pairs: Key[] = [
        ['ab', 'c'],
        ['a', 'bc'],
        ['a\0b', 'c'],
        ['a', 'b\0c'],
        ['a:b', 'c'],
        ['a', 'b:c'],
        ['a","b', 'c'],
        ['a', 'b","c'],
        ['__proto__', 'a'],
        ['constructor', 'a'],
      ]
      const keys: Key[] = [
        ...oddNames.map((name): Key => [name, scope]),
        ...oddNames.map((name): Key => [scope, name]),
        ...pairs.flatMap(([kind, id]): Key[] => [
          [kind, `${id}${scope}`],
          [`${scope}${kind}`, id],
        ]),
        ['k'.repeat(512), scope.padEnd(512, '語')],
      ]
      const entries = [...keys.entries()]
      const each = <Result>(act: (key: Key, index: number) => Promise<Result>): Promise<Result[]> =>
        Promise.all(entries.map(([index, key]) => act(key, index)))

      const written = await each((key, index) => storage.set(key, { value: index }, 'absent'))
      expect(written).toEqual(keys.map(() => true))
      const read = await each((key) => storage.get(key))
      expect(read).toEqual(entries.map(([value, key]) => ({ key, value, version: read[value]?.version })))
      const taken = await each((key) => storage.take(key))
      expect(taken).toEqual(read)
    },
  },
  {
    title: 'tells apart groups that look alike',
    async run(bench) {
      const { storage, key } = subject(bench)
      const scope = bench.unique('')
      const groups = [...oddNames, ''].map((name) => `${name}${scope}`.slice(-512))
      expect(new Set(groups).size).toBe(groups.length)
      const keys = groups.map((_, index): Key => [`${key[1]}${index}`, 'id'])
      const lists = () => Promise.all(groups.map((group) => storage.list(group)))

      await Promise.all(keys.map((key, index) => storage.set(key, { value: index, group: groups[index] })))
      const listed = await lists()
      expect(listed).toEqual(
        keys.map((key, value) => [
          { key, value, group: groups[value], version: listed[value]?.[0]?.version },
        ]),
      )
      await Promise.all(
        groups.filter((_, index) => index % 2 === 0).map((group) => storage.deleteGroup(group)),
      )
      expect(await lists()).toEqual(listed.map((members, index) => (index % 2 === 0 ? [] : members)))
    },
  },
  {
    title: 'tells an empty group from none',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: 1, group: '' })
      expect(await storage.get(key)).toMatchObject({ group: '' })
      expect((await storage.list('')).some(({ key: [, id] }) => id === key[1])).toBe(true)
      await storage.set(key, { value: 1 })
      expect((await storage.get(key))?.group).toBeUndefined()
      expect((await storage.list('')).some(({ key: [, id] }) => id === key[1])).toBe(false)
    },
  },
  {
    title: 'keeps every JSON value as it is',
    async run(bench) {
      const { storage } = subject(bench)
      const keep = async (value: JsonValue): Promise<void> => {
        const { key, group } = subject(bench)
        await storage.set(key, { value, group })
        const stored = await storage.get(key)
        expect(JSON.stringify(stored?.value)).toBe(JSON.stringify(value))
        expect(await storage.list(group)).toEqual([stored])
        expect(await storage.take(key)).toEqual(stored)
      }
      await Promise.all(fidelity.map(keep))
      const values = fc.array(fc.jsonValue({ stringUnit: 'binary' }), { maxLength: 20 })
      const property = fc.asyncProperty(values, async (values) => {
        // As JSON says it: fast-check makes negative zeros, too.
        await Promise.all(values.map((value) => keep(JSON.parse(JSON.stringify(value)) as JsonValue)))
      })
      await fc.assert(property, { numRuns: 10 })
    },
  },
  {
    title: 'keeps what JSON says: no undefined members, no negative zero',
    async run(bench) {
      const { storage, key } = subject(bench)
      await storage.set(key, { value: { there: 1, missing: undefined, zero: -0 } })
      const stored = await storage.get(key)
      expect(stored?.value).toStrictEqual({ there: 1, zero: 0 })
    },
  },
  {
    title: 'keeps a value of half a mebibyte',
    async run(bench) {
      const { storage, key, group } = subject(bench)
      const value = { text: '語"\\\0'.repeat(64 * 1024), tail: 'end' }
      await storage.set(key, { value, group })
      expect((await storage.get(key))?.value).toEqual(value)
      expect((await storage.list(group))[0]?.value).toEqual(value)
      expect((await storage.take(key))?.value).toEqual(value)
    },
  },
  {
    title: 'does not see what callers do to their objects before or after',
    async run(bench) {
      const { storage, key } = subject(bench)
      const value = { list: [1] }
      const mutableKey: [string, string] = [...key]
      const writing = storage.set(mutableKey, { value })
      value.list.push(2)
      mutableKey[1] = bench.unique('other')
      await writing
      const stored = (await storage.get(key))?.value as typeof value | undefined
      expect(stored).toEqual({ list: [1] })
      // A storage may hand out frozen values or copies; either way the record stays as it is.
      Reflect.set(stored?.list ?? [], 0, 99)
      expect((await storage.get(key))?.value).toEqual({ list: [1] })
    },
  },
]
