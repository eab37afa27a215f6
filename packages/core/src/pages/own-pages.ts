import { html } from 'hono/html'

import type { ClientRecord } from '../records.ts'
import type { AccountPage } from './account-page.ts'
import type { ChooserPage } from './chooser-page.ts'
import type { ConnectPage } from './connect-page.ts'
import type { ConsentPage } from './consent-page.ts'
import type { Consent } from './consent-rows.ts'
import type { Html } from './html.ts'
import { layout, type PageContent, type PageFrame } from './layout.ts'
import type { MessageKey } from './messages/en.ts'

/** What each page is about, and the parts of it that a page of one's own must show. */
export interface PageViews {
  /** Which identity provider to sign in with. */
  readonly chooser: { readonly view: ChooserPage; readonly parts: 'asked' | 'choices' | 'email' | 'cancel' }
  /** Whether a client may use a route (SEC-02). */
  readonly consent: {
    readonly view: ConsentPage
    readonly parts: 'question' | 'warnings' | 'returnsTo' | 'access' | 'account' | 'decision'
  }
  /** Whether an upstream account is to be connected; and that it is. */
  readonly connect: { readonly view: ConnectPage; readonly parts: 'explanation' | 'account' | 'form' }
  readonly connected: { readonly view: { readonly displayName: string }; readonly parts: 'message' }
  /** The code of a device, whether the device may use a route, and that it may or may not. */
  readonly deviceCode: {
    readonly view: { readonly action: string; readonly wrong: boolean }
    readonly parts: 'form'
  }
  readonly deviceConsent: {
    readonly view: Consent & { readonly client: ClientRecord; readonly userCode: string }
    readonly parts: 'question' | 'warnings' | 'code' | 'access' | 'account' | 'decision'
  }
  readonly deviceDone: { readonly view: { readonly allowed: boolean }; readonly parts: 'message' }
  /** What the user has allowed. */
  readonly account: { readonly view: AccountPage; readonly parts: 'user' | 'apps' | 'accounts' }
  /** Whether to sign out; and that nobody is signed in. */
  readonly signOut: {
    readonly view: { readonly action: string; readonly fields: Readonly<Record<string, string>> }
    readonly parts: 'question' | 'form'
  }
  readonly signedOut: { readonly view: { readonly name: string }; readonly parts: 'message' }
  /** What went wrong. */
  readonly error: {
    readonly view: { readonly code: string; readonly reference: string; readonly detail: string | undefined }
    readonly parts: 'what' | 'why' | 'next' | 'reference'
  }
}

/** The name of a page, as `pages` has it. */
export type PageName = keyof PageViews

/** What the renderer of a page is given. */
export interface OwnPage<Name extends PageName> {
  /** The facts, as data. Everything in it that a client, a user or an upstream wrote is text, never HTML. */
  readonly view: PageViews[Name]['view']
  /**
   * The same as pieces of a page, in the reader's language, forms with their hidden fields among them. Each must be in the
   * result, as it is and once at least; the order and what is around them is the renderer's.
   */
  readonly parts: Readonly<Record<PageViews[Name]['parts'], Html>>
  /** Of the reader, e.g. `de`. */
  readonly language: string
  /** A text of the built-in pages in that language. */
  readonly text: (key: MessageKey, values?: Readonly<Record<string, Html | string>>) => Html
}

/** Renders what is between header and footer. Use `html` of `hono/html`: a plain text is escaped. */
export type PageRenderer<Name extends PageName> = (
  page: OwnPage<Name>,
) => Html | string | Promise<Html | string>

/** Pages in place of the built-in ones, each for itself. */
export type Pages = { readonly [Name in PageName]?: PageRenderer<Name> | undefined }

/** A page of the operator's own leaves out what users must see, or failed: nothing is shown then. */
class OwnPageError extends Error {
  override readonly name = 'OwnPageError'
  readonly code = 'own_page_incomplete'
}

/** What a page consists of, for {@link composePage}. */
export interface ComposedPage<Name extends PageName> extends PageContent {
  readonly name: Name
  readonly view: PageViews[Name]['view']
  readonly parts: Readonly<Record<PageViews[Name]['parts'], Html>>
}

/** The built-in page, or the operator's own in the same frame: title, head, headers and what must be seen stay ours. */
export function composePage<Name extends PageName>(frame: PageFrame, page: ComposedPage<Name>): Html {
  const render: PageRenderer<Name> | undefined = frame.pages[page.name]
  return render === undefined ? layout(frame, page) : ownPage(frame, page, render)
}

async function ownPage<Name extends PageName>(
  frame: PageFrame,
  page: ComposedPage<Name>,
  render: PageRenderer<Name>,
): Promise<Awaited<Html>> {
  const { name, view, parts } = page
  const { language, text } = frame.translator
  const body = html`${await render({ view, parts, language, text })}`
  const shown = String(await body)
  for (const [part, content] of Object.entries<Html>(parts)) {
    if (!shown.includes(String(await content))) {
      throw new OwnPageError(
        `pages.${name} leaves out "${part}": put \${parts.${part}} into what it returns, as it is.`,
      )
    }
  }
  return layout(frame, { ...page, body })
}
