import { html } from 'hono/html'

import { type Html, nothing } from '../html.ts'

/** A form that looks for one text by a link that can be kept. */
export interface SearchForm {
  readonly action: string
  /** Of the field: its id and its parameter. */
  readonly id: string
  readonly name: string
  readonly label: Html
  readonly value: string
  readonly button: Html
}

export function searchForm({ action, id, name, label, value, button }: SearchForm): Html {
  return html`<form class="search" role="search" action="${action}">
    <div>
      <label for="${id}">${label}</label>
      <input id="${id}" name="${name}" type="text" value="${value}" />
    </div>
    <button>${button}</button>
  </form>`
}

/** One page of a list, with the way to the next. */
export interface EntryList {
  readonly entries: readonly Html[]
  /** What is said when there are none. */
  readonly empty: Html
  /** Path of the next page. */
  readonly next: string | undefined
  readonly nextLabel: Html
}

export function entryList({ entries, empty, next, nextLabel }: EntryList): Html {
  return html`${
    entries.length === 0
      ? html`<p>${empty}</p>`
      : html`<ul class="entries">
          ${entries}
        </ul>`
  }
  ${next === undefined ? nothing : html`<p><a href="${next}">${nextLabel}</a></p>`}`
}
