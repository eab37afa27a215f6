import { BoundedMap } from '../bounded-map.ts'
import type { JsonObject } from '../json-rpc.ts'
import { toolDigest, type UnpinnedMember } from './tool-definition.ts'

/** How a tool of the upstream differs from what was accepted. */
export interface ToolChange {
  readonly tool: string
  readonly change: 'new' | 'changed'
  readonly digest: string
}

/** Options of {@link createToolPins}. */
export interface ToolPinsOptions {
  /** Accepted definitions by name. */
  readonly accepted: ReadonlyMap<string, JsonObject>
  /**
   * What becomes of a tool that is new or has changed: `warn` reports it, `hide` makes it unknown, `block` does not list
   * it and says why a call is refused.
   */
  readonly mode: 'warn' | 'hide' | 'block'
  /** Members whose changes do no harm. */
  readonly ignore?: readonly UnpinnedMember[] | undefined
  /** Told once about every definition that was not accepted. */
  readonly onChange?: ((change: ToolChange) => void) | undefined
}

/** Knows which tools are as they were accepted, as far as lists have passed by. */
export interface ToolPins {
  digestOf(tool: JsonObject): string
  /** Takes note of a definition that an upstream has listed; whether the tool may be shown. */
  isShown(name: string, digest: string): boolean
  /** Whether a tool may be called: `hidden` and `blocked` are two ways to say no. */
  callOf(name: string): 'open' | 'hidden' | 'blocked'
}

/** A server that invents tools without end is not worth more memory than this. */
const maxReported = 10_000

/** Compares what an upstream lists with what was accepted (PROXY-20). */
export function createToolPins({ accepted, mode, ignore, onChange }: ToolPinsOptions): ToolPins {
  const pinned = new Map([...accepted].map(([name, tool]) => [name, toolDigest(tool, ignore)]))
  const changed = new Set<string>()
  const reported = new BoundedMap<string, string>(maxReported)

  const report = (change: ToolChange) => {
    if (reported.get(change.tool) === change.digest) return
    reported.set(change.tool, change.digest)
    onChange?.(change)
  }

  return {
    digestOf: (tool) => toolDigest(tool, ignore),
    isShown(name, digest) {
      const pin = pinned.get(name)
      if (pin === digest) {
        changed.delete(name)
        return true
      }
      // What was never accepted is refused by its name alone.
      if (pin !== undefined) changed.add(name)
      report({ tool: name, change: pin === undefined ? 'new' : 'changed', digest })
      return mode === 'warn'
    },
    callOf(name) {
      if (mode === 'warn' || (pinned.has(name) && !changed.has(name))) return 'open'
      return mode === 'hide' ? 'hidden' : 'blocked'
    },
  }
}
