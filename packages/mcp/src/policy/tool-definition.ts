import { sha256 } from '@noble/hashes/sha2.js'

import type { JsonObject } from '../json-rpc.ts'
import { canonicalJson } from './canonical-json.ts'

/** What of a tool a model, or a person who approves it, goes by. */
export const pinnedMembers = [
  'name',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
] as const

/** Members whose changes may be let through. */
export type UnpinnedMember = Exclude<(typeof pinnedMembers)[number], 'name' | 'inputSchema'>

/** The part of a tool that is accepted or not. */
export const toolDefinition = (tool: JsonObject, ignore: readonly UnpinnedMember[] = []): JsonObject =>
  Object.fromEntries(
    pinnedMembers.flatMap((member) =>
      tool[member] === undefined || (ignore as readonly string[]).includes(member)
        ? []
        : [[member, tool[member]]],
    ),
  )

/** SHA-256 over the canonical JSON of a definition, e.g. `sha-256:2jmj7l5rSw0yVb_vlWAYkK_YBwk`. */
export function toolDigest(tool: JsonObject, ignore: readonly UnpinnedMember[] = []): string {
  const hash = sha256(new TextEncoder().encode(canonicalJson(toolDefinition(tool, ignore))))
  const text = btoa(String.fromCharCode(...hash))
  return `sha-256:${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
}
