import { autocomplete, confirm, isCancel, password, select, text } from '@clack/prompts'

import { Cancelled, type Questions } from './questions.ts'

/** Asks at the terminal; long lists can be searched. */
export const terminalQuestions: Questions = {
  async text({ message, placeholder, initial, problemOf }) {
    return given(
      await text({
        message,
        ...(placeholder !== undefined && { placeholder }),
        ...(initial !== undefined && { defaultValue: initial, placeholder: initial }),
        validate: (value) => problemOf(value === undefined || value === '' ? (initial ?? '') : value),
      }),
    )
  },
  async secret(message) {
    return given(await password({ message }))
  },
  async choose(message, choices, initial) {
    const ask = choices.length > 7 ? autocomplete : select
    return given(await ask<string>({ message, options: [...choices], initialValue: initial }))
  },
  async confirm(message) {
    return given(await confirm({ message, initialValue: false }))
  },
}

function given<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled()
  return answer as Exclude<T, symbol>
}
