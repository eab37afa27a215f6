import { z } from 'zod'

import { knownMistake, refuse, type Mistake, type Refusal } from './refusal.ts'

const reference = /\$env\(\s*([A-Za-z_]\w*)\s*\)|\$\{(?:env[.:])?([A-Za-z_]\w*)\}/
const leftovers = new Set(['undefined', 'null', 'changeme', 'change-me'])

/**
 * What no option may be: empty, an unresolved placeholder, padded, quoted, with control or non-ASCII characters.
 * `correct` may compute the right value from the cleaned one; it is shown, so it must not answer for secrets.
 */
export function textRefusal(
  value: string,
  correct?: (cleaned: string) => string | undefined,
): Refusal | undefined {
  const fixed = () =>
    correct?.(
      value
        .trim()
        .replace(/^["'`](.*)["'`]$/s, '$1')
        .trim(),
    )
  const remove = () => {
    const suggestion = fixed()
    return suggestion === undefined ? 'Remove it.' : `Use "${suggestion}".`
  }
  if (value === '')
    return { problem: 'is empty', remedy: 'Set it, or set the environment variable it comes from.' }
  const placeholder = placeholderRefusal(value)
  if (placeholder !== undefined) return placeholder
  if (value.trim() !== value) return { problem: 'begins or ends with white space', remedy: remove() }
  if (/[\r\n]/.test(value))
    return { problem: 'contains a line break', remedy: 'Copy the value again, on one line.' }
  if (/[^ -~\u0080-\uffff]/.test(value)) {
    return { problem: 'contains a control character', remedy: 'Copy the value again.' }
  }
  if (/^["'`]|["'`]$/.test(value))
    return { problem: 'has quote characters around the value', remedy: remove() }
  if (/[^ -~]/.test(value)) {
    const suggestion = fixed()
    return {
      problem: 'contains characters outside ASCII',
      remedy: suggestion === undefined ? 'Copy the value again.' : `Use "${suggestion}".`,
    }
  }
  return undefined
}

function placeholderRefusal(value: string): Refusal | undefined {
  const match = reference.exec(value)
  const variable = match?.[1] ?? match?.[2]
  if (variable !== undefined) {
    return {
      problem: `still contains a placeholder: the environment variable ${variable} was not resolved`,
      remedy: `Set ${variable} where Portico starts.`,
    }
  }
  if (leftovers.has(value.trim().toLowerCase())) {
    return {
      problem: 'is a placeholder: the environment variable was not resolved',
      remedy: 'Set the real value.',
    }
  }
  if (/<your[-_ ][^>]*>|^<[\w -]+>$/i.test(value)) {
    return { problem: 'is still the placeholder of an example', remedy: 'Replace it by your own value.' }
  }
  return undefined
}

/** Printable ASCII of any form, on one line. */
export function text(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return z
    .string()
    .check(refuse((value) => textRefusal(value) ?? knownMistake(value, mistakes)))
    .meta({ description, minLength: 1 })
}

/** Text of one shape, e.g. the client ids of one provider. `otherwise` is said when `shape` does not match. */
export function shapedText(
  description: string,
  shape: RegExp,
  otherwise: Refusal,
  mistakes: readonly Mistake[] = [],
): z.ZodString {
  return z
    .string()
    .check(
      refuse(
        (value) =>
          textRefusal(value) ?? knownMistake(value, mistakes) ?? (shape.test(value) ? undefined : otherwise),
      ),
    )
    .meta({ description, pattern: shape.source })
}
