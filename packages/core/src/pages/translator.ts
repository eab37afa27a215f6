import { html } from 'hono/html'

import { chooseLanguage } from './choose-language.ts'
import type { Html } from './html.ts'
import { de } from './messages/de.ts'
import { en, type MessageKey, type Messages } from './messages/en.ts'
import { es } from './messages/es.ts'
import { fr } from './messages/fr.ts'
import { ja } from './messages/ja.ts'

/** The first language is the one for readers of none of them. */
const languages = ['en', 'de', 'es', 'fr', 'ja'] as const
const catalogs: Readonly<Record<(typeof languages)[number], Messages>> = { en, de, es, fr, ja }

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
