import { html, raw } from 'hono/html'

import type { Settings } from '../settings.ts'
import type { Html } from './html.ts'
import type { Pages } from './own-pages.ts'
import { stylesheet } from './stylesheet.ts'
import type { Translator } from './translator.ts'

/** What every page is made with. */
export interface PageFrame {
  readonly theme: Settings['theme']
  readonly translator: Translator
  /** The operator's own. */
  readonly pages: Pages
}

/** Contents of one page. */
export interface PageContent {
  readonly title: Html
  readonly body: Html
  /** Stands below the page, for who has to ask somebody. */
  readonly reference?: string | undefined
  /** For lists: as wide as a table needs. */
  readonly wide?: boolean
  /** Goes to this URL by itself: for programs that a browser cannot show (SEC-14). */
  readonly refreshTo?: string
}

/** A whole document. It needs no script, and loads nothing but the operator's logo. */
export function layout({ theme, translator }: PageFrame, page: PageContent): Html {
  return html`<!doctype html>
    <html lang="${translator.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${page.refreshTo === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${page.refreshTo}" />`}
        <title>${page.title} – ${theme.name}</title>
        ${style(theme)}
      </head>
      <body>
        <header class="brand">
          ${theme.logoUrl === undefined ? columns : html`<img src="${theme.logoUrl}" alt="" />`}<span
            >${theme.name}</span
          >
        </header>
        <main${page.wide === true ? html` class="wide"` : ''}>${page.body}</main>
        <footer>${page.reference === undefined ? '' : html`${translator.text('error.reference')} <span class="mono">${page.reference}</span>`}</footer>
      </body>
    </html>`
}

// In one piece: the hash in the content security policy covers every byte between the tags.
const style = (theme: Settings['theme']): Html => raw(`<style>${stylesheet(theme)}</style>`)

/** Three columns under a roof. */
const columns = html`<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
  <path d="M12 2 2 7v2h20V7zM4 11h3v8H4zm6.5 0h3v8h-3zm6.5 0h3v8h-3zM2 20.5h20V22H2z" />
</svg>`
