import { ancestor, attribute, elementsOf, type HtmlElement, parseHtml, textOf } from './html-document.ts'

/** A field that a user can fill in, or a hidden one. */
export interface FormField {
  readonly name: string
  /** `text`, `hidden`, `password`, `checkbox`, `radio`, `select`, `textarea`, … */
  readonly type: string
  /** What is submitted if nobody changes it; none for an unticked box and for an empty choice. */
  readonly value: string | undefined
  /** The values a box, a radio group or a selection can take. */
  readonly choices?: readonly string[]
  readonly required: boolean
}

/** A button that submits. */
export interface FormButton {
  readonly label: string
  readonly name: string | undefined
  readonly value: string
  /** From `formaction` and `formmethod`. */
  readonly action: string | undefined
  readonly method: 'GET' | 'POST' | undefined
  readonly skipsValidation: boolean
}

/** A form, its action resolved against the page. */
export interface HtmlForm {
  readonly id: string | undefined
  readonly action: string
  readonly method: 'GET' | 'POST'
  readonly fields: readonly FormField[]
  readonly buttons: readonly FormButton[]
  readonly skipsValidation: boolean
}

const has = (element: HtmlElement, name: string): boolean => attribute(element, name) !== undefined

const methodOf = (value: string | undefined): 'GET' | 'POST' =>
  value?.toLowerCase() === 'post' ? 'POST' : 'GET'

function isDisabled(element: HtmlElement): boolean {
  return (
    has(element, 'disabled') ||
    ancestor(element, (each) => each.tagName === 'fieldset' && has(each, 'disabled')) !== undefined
  )
}

function labelOf(button: HtmlElement): string {
  const own = button.tagName === 'input' ? attribute(button, 'value') : textOf(button)
  return own || (attribute(button, 'aria-label') ?? 'Submit')
}

function isSubmitButton(element: HtmlElement): boolean {
  const type = attribute(element, 'type')?.toLowerCase()
  if (element.tagName === 'button') return type === undefined || (type !== 'button' && type !== 'reset')
  return element.tagName === 'input' && (type === 'submit' || type === 'image')
}

function buttonOf(element: HtmlElement, base: URL): FormButton {
  const action = attribute(element, 'formaction')
  const method = attribute(element, 'formmethod')
  return {
    label: labelOf(element),
    name: attribute(element, 'name') || undefined,
    value: attribute(element, 'value') ?? '',
    action: action === undefined ? undefined : new URL(action, base).href,
    method: method === undefined ? undefined : methodOf(method),
    skipsValidation: has(element, 'formnovalidate'),
  }
}

function selectField(element: HtmlElement, name: string): FormField {
  const options = [...elementsOf(element)].filter((each) => each.tagName === 'option' && !isDisabled(each))
  const valueOf = (option: HtmlElement): string => attribute(option, 'value') ?? textOf(option)
  const chosen = options.find((each) => has(each, 'selected')) ?? options[0]
  return {
    name,
    type: 'select',
    value: chosen === undefined ? undefined : valueOf(chosen),
    choices: options.map(valueOf),
    required: has(element, 'required'),
  }
}

function fieldOf(element: HtmlElement, name: string): FormField | undefined {
  const required = has(element, 'required')
  if (element.tagName === 'select') return selectField(element, name)
  if (element.tagName === 'textarea') return { name, type: 'textarea', value: textOf(element), required }
  if (element.tagName !== 'input') return undefined
  const type = attribute(element, 'type')?.toLowerCase() ?? 'text'
  if (['submit', 'image', 'button', 'reset'].includes(type)) return undefined
  if (type !== 'checkbox' && type !== 'radio') {
    return { name, type, value: attribute(element, 'value') ?? '', required }
  }
  const value = attribute(element, 'value') ?? 'on'
  return { name, type, value: has(element, 'checked') ? value : undefined, choices: [value], required }
}

/** Boxes and radios of one name are one field with several choices. */
function joinChoices(fields: readonly FormField[]): readonly FormField[] {
  const joined = new Map<string, FormField>()
  const rest: FormField[] = []
  for (const field of fields) {
    if (field.type !== 'radio') {
      rest.push(field)
      continue
    }
    const earlier = joined.get(field.name)
    joined.set(field.name, {
      ...field,
      value: field.value ?? earlier?.value,
      choices: [...(earlier?.choices ?? []), ...(field.choices ?? [])],
      required: field.required || earlier?.required === true,
    })
  }
  return [...rest, ...joined.values()]
}

/** The forms of a page, with the controls that the HTML Standard associates with each. */
export function parseForms(html: string, page: URL): readonly HtmlForm[] {
  const all = [...elementsOf(parseHtml(html))]
  const baseHref = all.find((each) => each.tagName === 'base' && has(each, 'href'))
  const base = new URL((baseHref && attribute(baseHref, 'href')) ?? page.href, page)
  const ownerOf = (element: HtmlElement): HtmlElement | undefined => {
    const id = attribute(element, 'form')
    if (id === undefined) return ancestor(element, (each) => each.tagName === 'form')
    return all.find((each) => each.tagName === 'form' && attribute(each, 'id') === id)
  }
  return all
    .filter((each) => each.tagName === 'form')
    .map((form) => {
      const controls = all.filter((each) => ownerOf(each) === form && !isDisabled(each))
      const encoding = attribute(form, 'enctype')?.toLowerCase()
      if (encoding !== undefined && encoding !== 'application/x-www-form-urlencoded') {
        throw new Error(`The scripted browser does not send enctype="${encoding}" (form on ${page.href}).`)
      }
      return {
        id: attribute(form, 'id'),
        // An absent or empty action means the page itself, without the base element.
        action: attribute(form, 'action') ? new URL(attribute(form, 'action') ?? '', base).href : page.href,
        method: methodOf(attribute(form, 'method')),
        skipsValidation: has(form, 'novalidate'),
        fields: joinChoices(
          controls.flatMap((each) => {
            const name = attribute(each, 'name')
            return (name && fieldOf(each, name)) || []
          }),
        ),
        buttons: controls.filter(isSubmitButton).map((each) => buttonOf(each, base)),
      }
    })
}
