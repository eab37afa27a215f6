import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Provider } from 'oidc-provider'

import type { DevAccount } from './accounts.ts'
import { escapeHtml, page, pageHeaders } from './page.ts'
import { signInPage } from './sign-in-page.ts'

const maximumBodyBytes = 10_000

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maximumBodyBytes) return new URLSearchParams()
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders).end(html)
}

/** Answers `/sign-in/…`: the step between the authorization request and its answer. */
export function createSignIn(provider: Provider, accounts: readonly DevAccount[]) {
  type Details = Awaited<ReturnType<Provider['interactionDetails']>>

  /** Applications of the operator need no consent of the user, as in Logto. */
  async function grantConsent({ grantId, session, params }: Details): Promise<{ grantId: string }> {
    const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    const grant =
      existing ??
      new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) })
    grant.addOIDCScope(String(params['scope']))
    return { grantId: await grant.save() }
  }

  async function render(
    response: ServerResponse,
    details: Details,
    username: string,
    failed: boolean,
  ): Promise<void> {
    const client = await provider.Client.find(String(details.params['client_id']))
    const view = {
      clientName: client?.clientName ?? String(details.params['client_id']),
      username,
      failed,
      usernames: accounts.map((account) => account.username),
    }
    send(response, failed ? 401 : 200, signInPage(view))
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined)
    if (details === undefined) {
      const text =
        'This sign-in has expired or was finished in another tab. Start again from the application.'
      send(response, 400, page('Nothing to sign in to', `<p role="alert">${escapeHtml(text)}</p>`))
      return
    }
    if (details.prompt.name === 'consent') {
      const consent = await grantConsent(details)
      await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
      return
    }
    if (request.method !== 'POST') {
      const hint = details.params['login_hint']
      await render(response, details, typeof hint === 'string' ? hint : '', false)
      return
    }
    const form = await readForm(request)
    if (form.get('action') === 'cancel') {
      const cancelled = { error: 'access_denied', error_description: 'The user cancelled the sign-in.' }
      await provider.interactionFinished(request, response, cancelled, { mergeWithLastSubmission: false })
      return
    }
    const username = form.get('username') ?? ''
    const account = accounts.find(
      (each) => each.username === username && each.password === form.get('password'),
    )
    if (account === undefined) {
      await render(response, details, username, true)
      return
    }
    const login = { accountId: account.subject, amr: ['pwd'] }
    await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
  }
}
