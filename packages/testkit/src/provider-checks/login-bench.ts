import { createAuthorizationServer, type AuditEvent, type SignedIn } from '@portico/core'
import type { IdentityProvider } from '@portico/provider'
import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'
import {
  answerPages,
  createClock,
  createPkce,
  createScriptedBrowser,
  type LoginVariant,
  randomToken,
  routeByOrigin,
  type ScriptedIdp,
} from '@portico/test-peers'

import { impersonateProvider } from './impersonate-provider.ts'
import type { IdentityCase } from './provider-case.ts'
import { createSecretWatch } from './secret-watch.ts'

/** How one login ended. */
export interface LoginOutcome {
  /** The authorization code that the MCP client received. */
  readonly code: string | undefined
  /** Who is signed in in the browser. */
  readonly account: SignedIn['account'] | undefined
  /** `iss` of the ID token that was sent. */
  readonly issuer: unknown
  readonly idp: ScriptedIdp
}

/** An authorization server with one provider, and a scripted one in that provider's place. */
export interface LoginBench {
  /** Signs a user in in a new browser, an hour after the login before, at a provider that was bent. */
  signIn(person: IdentityCase, variant?: Pick<LoginVariant, 'apply' | 'afterLogin'>): Promise<LoginOutcome>
  /** Secrets and tokens that got into a page, an address or an event so far. */
  leaks(): readonly string[]
}

const publicUrl = 'https://portico-under-test.example'
const redirectUri = 'http://127.0.0.1:33418/callback'
const clientId = 'kit'

/** Builds the server once; every login has a provider, a browser and a request of its own. */
export function createLoginBench(provider: IdentityProvider): LoginBench {
  const clock = createClock()
  const watch = createSecretWatch(provider)
  let reach = routeByOrigin({})
  const server = createAuthorizationServer({
    publicUrl,
    providers: provider,
    resources: [{ path: '/mcp/kit', name: 'Kit' }],
    clients: [{ clientId, name: 'Client of the kit', redirectUris: [redirectUri] }],
    storage: memoryStorage({ now: clock.seconds }),
    keys: [randomToken()],
    fetch: createSafeFetch({ fetch: (url, init) => reach(url, init) }),
    now: clock.seconds,
    onEvent: (event: AuditEvent) => watch.show(event),
  })
  const callbackUrl = server.callbackUrls.get(provider.id) ?? ''

  const observed = async (request: Request): Promise<Response> => {
    const response = await server.fetch(request)
    watch.show(await response.clone().text())
    watch.show(response.headers.get('location') ?? '')
    return response
  }

  /** The provider's own addresses, and the responses of its API to requests with one of its access tokens. */
  function reachOf(idp: ScriptedIdp, answers: IdentityCase['answers'] = {}) {
    const accessTokens = new Set<string>()
    return async (...[input, init]: Parameters<typeof idp.fetch>): Promise<Response> => {
      const request = new Request(input, init)
      const answer = answers[request.url]
      if (answer !== undefined) {
        const bearer = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
        return accessTokens.has(bearer) ? Response.json(answer) : new Response(null, { status: 401 })
      }
      const response = await idp.fetch(request)
      const token: unknown = await response
        .clone()
        .json()
        .catch(() => undefined)
      const { access_token: accessToken } = Object(token) as Readonly<Record<string, unknown>>
      if (typeof accessToken === 'string') accessTokens.add(accessToken)
      watch.keepTokens(token)
      return response
    }
  }

  async function attempt(
    idp: ScriptedIdp,
    answers: IdentityCase['answers'],
  ): Promise<Omit<LoginOutcome, 'issuer' | 'idp'>> {
    reach = reachOf(idp, answers)
    const fetch = (request: Request) =>
      new URL(request.url).origin === publicUrl ? observed(request) : idp.fetch(request)
    const browser = createScriptedBrowser({ fetch, clock, stopAt: [redirectUri] })
    const { challenge } = await createPkce()
    const request = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      resource: `${publicUrl}/mcp/kit`,
      state: 'state-of-the-client',
    })
    let page = await browser.open(`${publicUrl}/oauth/authorize?${request.toString()}`)
    // The provider answers by form_post: a script would submit the form.
    if (page.forms.some(({ action }) => action.startsWith(callbackUrl))) page = await page.submit()
    watch.keepExchange(idp)
    const cookie = browser.cookies(publicUrl).map(({ name, value }) => `${name}=${value}`)
    const signedIn = await server.signedIn(new Request(publicUrl, { headers: { cookie: cookie.join('; ') } }))
    if (signedIn !== undefined && !page.stopped) page = await answerPages(page)
    const code = page.stopped ? (page.parameters.get('code') ?? undefined) : undefined
    return { code, account: signedIn?.account }
  }

  return {
    async signIn(person, variant) {
      clock.advance(3600)
      const idp = await impersonateProvider(provider, person, { clock, callbackUrl })
      if (variant?.afterLogin) await attempt(idp, person.answers)
      await variant?.apply(idp)
      let issuer: unknown
      idp.bendIdToken((draft) => {
        issuer = draft.claims.iss
        return draft
      })
      return { ...(await attempt(idp, person.answers)), issuer, idp }
    },
    leaks: watch.leaks,
  }
}
