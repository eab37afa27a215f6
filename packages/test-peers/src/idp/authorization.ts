import { randomToken } from '../pkce.ts'
import type { IdpContext, IdpRequest } from './idp-context.ts'

const refusal = (problem: string): Response =>
  new Response(`The provider refuses: ${problem}`, { status: 400 })

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

function send(redirectUri: string, parameters: URLSearchParams, mode: string): Response {
  if (mode === 'form_post') {
    const fields = [...parameters].map(
      ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
    )
    const form = `<form method="post" action="${escaped(redirectUri)}">${fields.join('')}<button>Continue</button></form>`
    return new Response(`<!doctype html><title>Signing in</title>${form}`, {
      headers: { 'content-type': 'text/html; charset=utf-8' },
    })
  }
  const target = new URL(redirectUri)
  for (const [name, value] of parameters) target.searchParams.append(name, value)
  return new Response(null, { status: 303, headers: { location: target.href } })
}

/** Signs the current user in at once: OpenID Connect Core §3.1.2. A wrong request is refused on a page, with the reason. */
export function authorization(request: IdpRequest, context: IdpContext): Response {
  const { parameters } = request
  const client = context.clients.find(({ clientId }) => clientId === parameters.get('client_id'))
  if (client === undefined) return refusal('unknown client_id')
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === null || client.redirectUris?.includes(redirectUri) === false) {
    return refusal(`redirect_uri ${redirectUri ?? '(missing)'} is not registered`)
  }
  if (parameters.get('response_type') !== 'code') return refusal('response_type must be code')
  const codeChallenge = parameters.get('code_challenge') ?? undefined
  if (codeChallenge !== undefined && parameters.get('code_challenge_method') !== 'S256') {
    return refusal('code_challenge_method must be S256')
  }
  const user = context.currentUser()
  const answer = new URLSearchParams()
  if (user === undefined) {
    answer.set('error', parameters.get('prompt') === 'none' ? 'login_required' : 'access_denied')
  } else {
    const code = randomToken()
    context.codes.set(code, {
      client,
      user,
      redirectUri,
      codeChallenge,
      scope: parameters.get('scope') ?? '',
      nonce: parameters.get('nonce') ?? undefined,
      authTime: context.clock.seconds(),
      sessionId: randomToken(8),
    })
    answer.set('code', code)
  }
  const state = parameters.get('state')
  if (state !== null) answer.set('state', state)
  if (context.sendsIss) answer.set('iss', context.issuer)
  const mode = context.responseMode(parameters.get('response_mode') ?? 'query')
  return send(redirectUri, context.bendCallback(answer, request), mode)
}
