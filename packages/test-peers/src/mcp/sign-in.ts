import type { Page } from '../browser/page.ts'

/** What a person knows and does at the pages between "connect" and "connected". */
export interface Person {
  readonly username?: string
  readonly password?: string
  /** Presses "Deny" on the consent page. */
  readonly denies?: boolean
}

const affirmative = /\b(allow|approve|authorize|accept|confirm|continue|grant|yes|log ?in|sign ?in)\b/i
const negative = /\b(deny|decline|reject|refuse|cancel|no)\b/i

/**
 * Answers one page: fills in name and password where they are asked for, and presses the button that leads on (or
 * the one that denies). A page that offers neither is the end of the way and thrown with its text.
 */
export function answerPage(page: Page, person: Person): Promise<Page> {
  const login = page.forms.find((form) => form.fields.some(({ type }) => type === 'password'))
  if (login !== undefined) {
    const values: Record<string, string> = {}
    for (const { name, type } of login.fields) {
      if (type === 'text' || type === 'email') values[name] = person.username ?? 'demo'
      if (type === 'password') values[name] = person.password ?? 'portico'
    }
    const button = login.buttons.length > 1 ? { button: affirmative } : {}
    return page.submit(values, { form: page.forms.indexOf(login), ...button })
  }
  const wanted = person.denies === true ? negative : affirmative
  const form = page.forms.find(({ buttons }) => buttons.some(({ label }) => wanted.test(label)))
  if (form === undefined) {
    return Promise.reject(
      new Error(`Nothing to press on ${page.url} (${page.status}): ${page.text.slice(0, 1000)}`),
    )
  }
  return page.submit({}, { form: page.forms.indexOf(form), button: wanted })
}

/** Answers pages until the browser stops at the client's redirect URI. */
export async function answerPages(first: Page, person: Person = {}): Promise<Page> {
  let page = first
  for (let count = 0; !page.stopped; count += 1) {
    if (count === 10)
      throw new Error(`Ten pages and no end: the last one was ${page.url}: ${page.text.slice(0, 300)}`)
    page = await answerPage(page, person)
  }
  return page
}
