import { isJsonObject, type JsonObject } from '../json-rpc.ts'
import type { CapabilityAccess } from './capability-access.ts'
import type { CapabilityKind } from './capability-rules.ts'
import type { ToolPins } from './tool-pins.ts'

/** One item of a list as clients may see it, with what is needed to decide whether a client may. */
export interface ListedItem {
  /** The upstream's name, URI or URI template. */
  readonly id: string
  /** The name for clients, by which lists are ordered. */
  readonly shown: string
  readonly item: JsonObject
  /** Of the definition as the upstream has it, where definitions are pinned. */
  readonly digest?: string | undefined
}

/** Which member of the items names them. */
const idMembers: Readonly<Record<CapabilityKind, string>> = {
  tools: 'name',
  prompts: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
}

/** Methods whose results hold lists of capabilities. */
export const listMethods: ReadonlyMap<string, CapabilityKind> = new Map([
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
])

/** The items of an upstream's list, renamed, projected and in a fixed order: all that does not depend on the caller. */
export function listedItems(
  access: CapabilityAccess,
  kind: CapabilityKind,
  list: unknown,
  pins?: ToolPins,
): readonly ListedItem[] {
  const member = idMembers[kind]
  const catalog = access.catalog(kind)
  const items = (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((item): ListedItem[] => {
    const id = isJsonObject(item) ? item[member] : undefined
    if (!isJsonObject(item) || typeof id !== 'string') return []
    const digest = pins?.digestOf(item)
    if (catalog === undefined) return [{ id, shown: id, item, digest }]
    const shown = catalog.shownName(id)
    if (shown === undefined) return []
    const [entry] = catalog.entriesFor(id)
    const named = shown === id ? item : { ...item, [member]: shown }
    return [{ id, shown, item: entry?.projection ? merged(named, entry.projection) : named, digest }]
  })
  return items.toSorted((first, second) => compare(first.shown, second.shown))
}

/** By code units: the same everywhere, whatever the locale. */
const compare = (first: string, second: string) => (first < second ? -1 : Number(first > second))

/** R177: objects are merged deeply, everything else is replaced. */
function merged(base: JsonObject, over: JsonObject): JsonObject {
  const changes = Object.entries(over).map(([name, value]) => {
    const present = base[name]
    return [name, isJsonObject(present) && isJsonObject(value) ? merged(present, value) : value] as const
  })
  return Object.fromEntries([...Object.entries(base), ...changes])
}
