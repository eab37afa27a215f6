import type { z } from 'zod'

/** What a schema says about a value, in its own words where it has some. It follows the name of the member. */
export function issueSentence(issue: z.core.$ZodIssue): string {
  // The words of zod itself address programmers.
  if (!/^(?:Invalid|Too) /.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type': {
      const what = typeNames.get(issue.expected) ?? `a ${issue.expected}`
      return issue.message.endsWith('received undefined')
        ? `is missing: it must be ${what}.`
        : `must be ${what}.`
    }
    case 'invalid_value':
      return `must be ${either(issue.values.map(inWords))}.`
    case 'invalid_union': {
      const forms = formsOf(issue)
      return forms.length > 0 ? `must be ${either(forms)}.` : 'has none of the forms that it may have.'
    }
    case 'too_small':
      return issue.origin === 'number'
        ? `must be at least ${issue.minimum}.`
        : 'must not be empty: give it a value.'
    case 'too_big':
      return issue.origin === 'number'
        ? `must be at most ${issue.maximum}.`
        : `must have ${issue.maximum === 1 ? 'one character' : `${issue.maximum} characters`} at most.`
    default:
      return 'does not have the form that it must have.'
  }
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['array', 'a list'],
  ['boolean', 'true or false'],
  ['int', 'a whole number'],
  ['object', 'an object'],
  ['record', 'an object'],
])

/** What the members of a union accept. */
function formsOf(issue: z.core.$ZodIssueInvalidUnion): readonly string[] {
  if ('options' in issue && issue.options !== undefined) return issue.options.map(inWords)
  return issue.errors.flat().flatMap((inner) => {
    if (inner.code === 'invalid_value') return inner.values.map(inWords)
    return inner.code === 'invalid_type' ? [typeNames.get(inner.expected) ?? `a ${inner.expected}`] : []
  })
}

function inWords(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value)
}

/** `a, b or c` */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
