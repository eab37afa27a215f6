import { z } from 'zod'

import { knownMistake, refuse, type Mistake, type Refusal } from './refusal.ts'
import { textRefusal } from './text.ts'

const form = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const undashed = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/i

/** A GUID in its dashed form. The only value that is normalised: it becomes lower case, as servers write it. */
export function guid(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return z
    .string()
    .check(refuse((value) => textRefusal(value) ?? knownMistake(value, mistakes) ?? guidRefusal(value)))
    .toLowerCase()
    .meta({ description, format: 'uuid' })
}

/** Whether `value` looks like a GUID, whatever its case. */
export function isGuid(value: string): boolean {
  return form.test(value)
}

function guidRefusal(value: string): Refusal | undefined {
  if (/^[0-]+$/.test(value) && isGuid(value))
    return { problem: 'is the nil GUID', remedy: 'Copy the real one.' }
  if (isGuid(value)) return undefined
  const bare = value.replace(/^\{(.*)\}$/, '$1')
  const dashed = bare.replace(undashed, '$1-$2-$3-$4-$5').toLowerCase()
  if (!isGuid(dashed)) return { problem: 'must be a GUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx' }
  const surplus = bare === value ? 'without its dashes' : 'in braces'
  return { problem: `is a GUID ${surplus}`, remedy: `Use "${dashed}".` }
}
