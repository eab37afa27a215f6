import { isJsonObject, type JsonObject } from '../json-rpc.ts'
import type { ListedItem } from './capability-list.ts'

/** An item of a list with its text, so that it need not be written again for every caller. */
export interface WrittenItem extends ListedItem {
  readonly text: string
}

interface KnownList {
  /** The list as it stands in the body. */
  readonly text: string
  readonly items: readonly WrittenItem[]
  /** Lists of some of the items, by which of them: callers of one kind get the same. */
  readonly parts: Map<string, string>
}

/** An answer taken apart: its list, and how to put it together again with another one. */
export interface TakenApart {
  readonly result: JsonObject
  /** The answer with this result, and those of the items that `isKept` wants. */
  write(result: JsonObject, isKept: (item: WrittenItem) => boolean): string
}

/** Takes answers apart without parsing a list that has been seen before: most of an upstream's are the same. */
export interface ListMemory {
  /** Undefined for a body that is written in an unusual way: it has to be parsed. */
  takeApart(body: string): TakenApart | undefined
}

const maxLists = 8
const maxParts = 32
const maxListLength = 4_194_304

/**
 * @param member of the result that holds the list
 * @param read what is to be known about the items of a list
 */
export function createListMemory(member: string, read: (list: unknown) => readonly ListedItem[]): ListMemory {
  const known: KnownList[] = []
  const opening = `${JSON.stringify(member)}:[`
  // Nobody can guess it, so nothing of an upstream can be taken for it.
  const placeholder = JSON.stringify(crypto.randomUUID())

  const learn = (body: string, start: number): KnownList | undefined => {
    const list = resultOf(body)?.result[member]
    const text = JSON.stringify(list)
    if (!Array.isArray(list) || text.length > maxListLength || !body.startsWith(text, start)) return undefined
    const items = read(list).map((item) => ({ ...item, text: JSON.stringify(item.item) }))
    if (known.length >= maxLists) known.pop()
    const learned: KnownList = { text, items, parts: new Map() }
    known.unshift(learned)
    return learned
  }

  return {
    takeApart(body) {
      const start = body.indexOf(opening) + opening.length - 1
      if (start < opening.length - 1) return undefined
      const list =
        known.find(({ text }) => body.slice(start, start + text.length) === text) ?? learn(body, start)
      if (list === undefined) return undefined
      const around = resultOf(`${body.slice(0, start)}${placeholder}${body.slice(start + list.text.length)}`)
      if (around === undefined || JSON.stringify(around.result[member]) !== placeholder) return undefined
      return {
        result: around.result,
        write(result, isKept) {
          const text = JSON.stringify({ ...around.message, result })
          const place = text.indexOf(placeholder)
          return `${text.slice(0, place)}[${part(list, isKept)}]${text.slice(place + placeholder.length)}`
        },
      }
    },
  }
}

function part({ items, parts }: KnownList, isKept: (item: WrittenItem) => boolean): string {
  const decisions = items.map(isKept)
  const key = decisions.map(Number).join('')
  const known = parts.get(key)
  if (known !== undefined) return known
  const text = items.flatMap((item, index) => (decisions[index] === true ? [item.text] : [])).join(',')
  if (parts.size >= maxParts) parts.clear()
  parts.set(key, text)
  return text
}

function resultOf(body: string): { readonly message: JsonObject; readonly result: JsonObject } | undefined {
  let message: unknown
  try {
    message = JSON.parse(body)
  } catch {
    return undefined // whoever parses it next says so
  }
  const result = isJsonObject(message) ? message['result'] : undefined
  return isJsonObject(message) && isJsonObject(result) ? { message, result } : undefined
}
