import type { FormButton, FormField, HtmlForm } from './html-forms.ts'

/** What the user types: a text, a ticked box (`true` takes its value), an emptied field, several boxes of one name. */
export type FormValue = string | boolean | readonly string[]

/** Where a filled form goes. */
export interface Submission {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly body: URLSearchParams | undefined
}

/** How to name a button: its label or a part of it, a pattern, or its name and value. */
export type ButtonChoice = string | RegExp | { readonly name: string; readonly value: string }

const describe = ({ label, name, value }: FormButton): string =>
  name === undefined ? `"${label}"` : `"${label}" (${name}=${value})`

/** Whether the choice names this button. */
export function isButton(button: FormButton, choice: ButtonChoice): boolean {
  if (typeof choice === 'string') return button.label.toLowerCase().includes(choice.toLowerCase())
  if (choice instanceof RegExp) return choice.test(button.label)
  return button.name === choice.name && button.value === choice.value
}

function chooseButton(form: HtmlForm, choice: ButtonChoice | undefined): FormButton | undefined {
  const candidates =
    choice === undefined ? form.buttons : form.buttons.filter((each) => isButton(each, choice))
  if (candidates.length > 1 || (choice !== undefined && candidates.length === 0)) {
    throw new Error(`Name exactly one button of this form: ${form.buttons.map(describe).join(', ')}.`)
  }
  return candidates[0]
}

function valuesOf(field: FormField, typed: FormValue | undefined): readonly string[] {
  if (typed === undefined) return field.value === undefined ? [] : [field.value]
  if (typed === false) return []
  if (typed === true) return field.choices ?? ['on']
  const values = typeof typed === 'string' ? [typed] : typed
  const impossible = values.find((value) => field.choices !== undefined && !field.choices.includes(value))
  if (impossible !== undefined && field.type !== 'checkbox') {
    throw new Error(`"${impossible}" is no choice of "${field.name}": ${field.choices?.join(', ')}.`)
  }
  return field.type === 'checkbox' ? values.filter((value) => field.choices?.includes(value)) : values
}

/**
 * Fills a form as a user would: unknown fields, impossible choices and empty required fields are errors of the test.
 *
 * @param button needed when the form has several
 */
export function fillForm(
  form: HtmlForm,
  values: Readonly<Record<string, FormValue>>,
  button?: ButtonChoice,
): Submission {
  const unknown = Object.keys(values).find((name) => !form.fields.some((field) => field.name === name))
  if (unknown !== undefined) {
    const known = form.fields.map((field) => field.name).join(', ')
    throw new Error(`This form has no field "${unknown}": it has ${known || 'none'}.`)
  }
  const pressed = chooseButton(form, button)
  const parameters = new URLSearchParams()
  for (const field of form.fields) {
    const filled = valuesOf(field, values[field.name])
    const empty = filled.every((value) => value === '')
    if (field.required && empty && !form.skipsValidation && pressed?.skipsValidation !== true) {
      throw new Error(`The required field "${field.name}" is empty: a browser would not submit this form.`)
    }
    for (const value of filled) parameters.append(field.name, value)
  }
  if (pressed?.name !== undefined) parameters.append(pressed.name, pressed.value)
  const method = pressed?.method ?? form.method
  const url = new URL(pressed?.action ?? form.action)
  if (method === 'POST') return { url, method, body: parameters }
  url.search = parameters.toString()
  return { url, method, body: undefined }
}
