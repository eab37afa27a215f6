import type { CapabilityEntry, CapabilityKind } from './capability-rules.ts'
import { uriForms } from './uri-forms.ts'
import { wildcard } from './wildcard.ts'

/** The entries of one kind, by the upstream's ids and by the names that clients know. */
export interface CapabilityCatalog {
  /** Entries that mean the id: the exact one, or those whose patterns match. */
  entriesFor(id: string): readonly CapabilityEntry[]
  /** The name for clients; undefined where the id cannot be shown, because another one has taken its name. */
  shownName(id: string): string | undefined
  /** What a name of a client means to the upstream; undefined for a name that is not shown. */
  upstreamId(shown: string): string | undefined
}

export function capabilityCatalog(
  kind: CapabilityKind,
  entries: readonly CapabilityEntry[],
): CapabilityCatalog {
  const exact = new Map<string, CapabilityEntry[]>()
  const patterns: { readonly entry: CapabilityEntry; readonly matches: (id: string) => boolean }[] = []
  const shownById = new Map<string, string>()
  const idByShown = new Map<string, string>()
  for (const entry of entries) {
    if (entry.isPattern === true) patterns.push({ entry, matches: openingPattern(kind, entry.id) })
    else exact.set(entry.id, [...(exact.get(entry.id) ?? []), entry])
    if (entry.rename === undefined) continue
    shownById.set(entry.id, entry.rename)
    idByShown.set(entry.rename, entry.id)
  }
  return {
    entriesFor: (id) =>
      exact.get(id) ?? patterns.filter(({ matches }) => matches(id)).map(({ entry }) => entry),
    shownName: (id) => shownById.get(id) ?? (idByShown.has(id) ? undefined : id),
    upstreamId: (shown) => idByShown.get(shown) ?? (shownById.has(shown) ? undefined : shown),
  }
}

/** A pattern opens a URI in every form in which an upstream may read it, or not at all. */
export function openingPattern(kind: CapabilityKind, pattern: string): (id: string) => boolean {
  const matches = wildcard(pattern)
  return kind === 'resources' ? (uri) => uriForms(uri).every(matches) : matches
}
