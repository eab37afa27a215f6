import { html } from 'hono/html'

import { chooseLanguage } from './choose-language.ts'
import type { Html } from './html.ts'
import { en, type MessageKey, type Messages } from './messages/en.ts'

const catalogs = { en } satisfies Record<string, Messages>
type Language = keyof typeof catalogs
const languages: readonly [Language, ...Language[]] = ['en']

/** The texts of the pages in the reader's language. */
export interface Translator {
  /** For the `lang` attribute. */
  readonly language: string
  /** The text, its `{placeholders}` filled with escaped values. */
  readonly text: (key: MessageKey, values?: Readonly<Record<string, Html | string>>) => Html
}

export function createTranslator(request: Request): Translator {
  const language = chooseLanguage(request.headers.get('accept-language'), languages)
  return { language, text: (key, values = {}) => fill(catalogs[language][key], values) }
}

function fill(message: string, values: Readonly<Record<string, Html | string>>): Html {
  // Odd parts are the names of the placeholders.
  const parts = message.split(/\{(\w+)\}/)
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : (values[part] ?? '')))}`
}
