import { z } from 'zod'

import { knownMistake, refuse, type Mistake, type Refusal } from './refusal.ts'
import { textRefusal } from './text.ts'

/** One segment of a path, as people write it: the definition encodes it with `encodeURIComponent`. */
export function pathSegment(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return z
    .string()
    .check(refuse((value) => textRefusal(value) ?? knownMistake(value, mistakes) ?? segmentRefusal(value)))
    .meta({ description, pattern: String.raw`^(?!\.{1,2}$)[^/?#%\\]+$` })
}

function segmentRefusal(value: string): Refusal | undefined {
  const character = /[/?#%\\]/.exec(value)?.[0]
  if (character !== undefined) {
    return {
      problem: `contains "${character}": it is one segment of a path`,
      remedy: 'Give only the name, not encoded.',
    }
  }
  return value === '.' || value === '..' ? { problem: 'must be a name, not "." or ".."' } : undefined
}
