import { type Clock, systemClock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { createCookies, type RefusedCookie, type SentCookie } from './cookies.ts'
import { type FormActionPolicy, formActionPolicy } from './form-action.ts'
import { fillForm, isButton } from './form-submission.ts'
import { attribute, elementsOf, parseHtml, textOf } from './html-document.ts'
import { type HtmlForm, parseForms } from './html-forms.ts'
import { navigationHeaders } from './navigation-headers.ts'
import type { Hop, Page, SubmitOptions } from './page.ts'

/** What the browser is made of. */
export interface ScriptedBrowserOptions {
  /** Reaches the servers: `routeByOrigin(…)` in this process, `nodeFetch` of `@portico/test-peers/node` for real ones. */
  readonly fetch: Fetch
  /** Prefixes of addresses that are not requested but returned: the client's redirect URIs. */
  readonly stopAt?: readonly string[]
  /** Decides when cookies expire; default the machine's clock. */
  readonly clock?: Clock
}

/** How a navigation began. */
export interface OpenOptions {
  /** The page of another site that linked here; without it, the address was typed or opened by a program. */
  readonly from?: string
}

/** A browser without scripts: what it cannot do on a page, the page must not need. */
export interface ScriptedBrowser {
  open(url: string | URL, options?: OpenOptions): Promise<Page>
  /** A form on any page, e.g. a hostile one, posting here. */
  post(
    url: string | URL,
    values: Readonly<Record<string, string>>,
    options: Required<OpenOptions>,
  ): Promise<Page>
  /** The cookies that an address typed by the user would receive. */
  cookies(url: string | URL): readonly SentCookie[]
  /** `Set-Cookie` lines that were dropped, with the reason: normally none. */
  readonly refusedCookies: readonly RefusedCookie[]
  /** Forgets all cookies: another person at another machine. */
  clearCookies(): void
}

interface Navigation {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly body: URLSearchParams | undefined
  readonly initiator: URL | undefined
  readonly referrerPolicy: string
  readonly userActivated: boolean
  readonly mayGoTo: FormActionPolicy | undefined
}

const redirectStatuses = new Set([301, 302, 303, 307, 308])
const maximumHops = 20

/** Opens pages, follows redirects, keeps cookies, fills in forms, and sends the headers that Chrome sends. */
export function createScriptedBrowser(options: ScriptedBrowserOptions): ScriptedBrowser {
  const cookies = createCookies(options.clock ?? systemClock)
  const stops = (url: URL): boolean =>
    !['http:', 'https:'].includes(url.protocol) ||
    (options.stopAt ?? []).some((prefix) => url.href.startsWith(prefix))

  async function request(
    step: Navigation,
    earlier: readonly URL[],
  ): Promise<{ response: Response; hop: Hop }> {
    const { url, method, body, initiator, referrerPolicy, userActivated } = step
    const headers = navigationHeaders({ url, method, initiator, referrerPolicy, userActivated, earlier })
    const sent = cookies.toSend(url, method, initiator)
    if (sent.length > 0) headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '))
    const init = { method, headers, redirect: 'manual' } as const
    const response = await options.fetch(new Request(url, body ? { ...init, body: body.toString() } : init))
    cookies.store(response.headers, url)
    const { status, headers: responseHeaders } = response
    return { response, hop: { method, url: url.href, requestHeaders: headers, status, responseHeaders } }
  }

  async function navigate(start: Navigation): Promise<Page> {
    const hops: Hop[] = []
    const urls: URL[] = []
    let step = start
    for (;;) {
      if (step.mayGoTo?.(step.url) === false) {
        throw new Error(
          `Chromium blocks this form: the form-action of its page does not allow ${step.url.href}.`,
        )
      }
      if (stops(step.url)) return stoppedPage(step, hops)
      if (hops.length > maximumHops) {
        throw new Error(
          `Too many redirects:\n${hops.map(({ status, url }) => `${status} ${url}`).join('\n')}`,
        )
      }
      const { response, hop } = await request(step, urls)
      hops.push(hop)
      urls.push(step.url)
      const location = response.headers.get('location')
      if (location === null || !redirectStatuses.has(response.status)) {
        return loadedPage(step.url, response, hops)
      }
      await response.body?.cancel()
      step = redirected(step, response, location)
    }
  }

  function redirected(step: Navigation, response: Response, location: string): Navigation {
    const url = new URL(location, step.url)
    if (url.hash === '') url.hash = step.url.hash
    const keepsMethod = response.status === 307 || response.status === 308
    return {
      ...step,
      url,
      ...(keepsMethod ? {} : { method: 'GET', body: undefined }),
      referrerPolicy: response.headers.get('referrer-policy') ?? step.referrerPolicy,
    }
  }

  function stoppedPage({ url, body }: Navigation, hops: readonly Hop[]): Page {
    const nowhere = (): Promise<Page> =>
      Promise.reject(new Error(`The browser stopped before ${url.origin}${url.pathname}: there is no page.`))
    return {
      url: url.href,
      stopped: true,
      parameters: body ?? url.searchParams,
      status: 0,
      headers: new Headers(),
      body: '',
      text: '',
      title: '',
      forms: [],
      links: [],
      hops,
      submit: nowhere,
      follow: nowhere,
    }
  }

  async function loadedPage(url: URL, response: Response, hops: readonly Hop[]): Promise<Page> {
    const body = await response.text()
    const isHtml = /^text\/html\b/i.test(response.headers.get('content-type') ?? '')
    const document = parseHtml(isHtml ? body : '')
    const elements = [...elementsOf(document)]
    const forms = isHtml ? parseForms(body, url) : []
    const links = elements
      .filter((each) => each.tagName === 'a' && attribute(each, 'href') !== undefined)
      .map((each) => ({ href: new URL(attribute(each, 'href') ?? '', url).href, text: textOf(each) }))
    const title = elements.find((each) => each.tagName === 'title')
    const fromHere = {
      initiator: url,
      referrerPolicy: response.headers.get('referrer-policy') ?? '',
      userActivated: true,
      mayGoTo: undefined,
    }
    const refresh = elements.find((each) => attribute(each, 'http-equiv')?.toLowerCase() === 'refresh')
    const target = /^\s*\d+\s*[;,]\s*url\s*=\s*['"]?([^'"]+)/i.exec(
      (refresh && attribute(refresh, 'content')) ?? '',
    )?.[1]
    if (target !== undefined) {
      const next = new URL(target, url)
      return navigate({ ...fromHere, url: next, method: 'GET', body: undefined, userActivated: false })
    }
    return {
      url: url.href,
      stopped: false,
      parameters: url.searchParams,
      status: response.status,
      headers: response.headers,
      body,
      text: isHtml ? textOf(document) : body,
      title: title === undefined ? '' : textOf(title),
      forms,
      links,
      hops,
      async submit(values = {}, submitOptions = {}) {
        const form = chooseForm(forms, submitOptions, url)
        const submission = fillForm(form, values, submitOptions.button)
        return navigate({ ...fromHere, ...submission, mayGoTo: formActionPolicy(response.headers, url) })
      },
      async follow(text) {
        const found = links.filter((link) =>
          typeof text === 'string' ? link.text.includes(text) : text.test(link.text),
        )
        const [link] = found
        if (link === undefined || found.length > 1) {
          throw new Error(
            `${found.length} links fit ${text} on ${url.href}: ${links.map((each) => each.text).join(', ')}`,
          )
        }
        return navigate({ ...fromHere, url: new URL(link.href), method: 'GET', body: undefined })
      },
    }
  }

  return {
    open: (url, { from } = {}) =>
      navigate({
        url: new URL(url),
        method: 'GET',
        body: undefined,
        initiator: from === undefined ? undefined : new URL(from),
        referrerPolicy: '',
        userActivated: true,
        mayGoTo: undefined,
      }),
    post: (url, values, { from }) =>
      navigate({
        url: new URL(url),
        method: 'POST',
        body: new URLSearchParams(values),
        initiator: new URL(from),
        referrerPolicy: '',
        userActivated: true,
        mayGoTo: undefined,
      }),
    cookies: (url) => cookies.toSend(new URL(url), 'GET', undefined),
    refusedCookies: cookies.refused,
    clearCookies: () => cookies.clear(),
  }
}

function chooseForm(forms: readonly HtmlForm[], { form, button }: SubmitOptions, page: URL): HtmlForm {
  const found = forms.filter(
    (each, index) =>
      (form === undefined ||
        form === index ||
        each.id === form ||
        (typeof form === 'string' && each.action.includes(form))) &&
      (button === undefined || each.buttons.some((candidate) => isButton(candidate, button))),
  )
  const [only] = found
  if (only === undefined || found.length > 1) {
    const known = forms.map(
      ({ id, action, buttons }) => `${id ?? action} [${buttons.map(({ label }) => label).join(', ')}]`,
    )
    throw new Error(`Name exactly one form of ${page.href}; it has: ${known.join('; ') || 'none'}.`)
  }
  return only
}
