import type { Settings } from '../settings.ts'
import type { PageFrame } from './layout.ts'
import { createTranslator } from './translator.ts'

/** What all pages for this request share. */
export function pageFrame({ theme, pages }: Pick<Settings, 'theme' | 'pages'>, request: Request): PageFrame {
  return { theme, pages, translator: createTranslator(request) }
}
