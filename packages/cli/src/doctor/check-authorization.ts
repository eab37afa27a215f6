import type { IdentityProvider } from '@portico/provider'

import { type Finding, ok, problem, warning } from './finding.ts'
import { applicationAt, type ProviderUnderTest } from './provider-under-test.ts'

/** Errors that only say that nobody is signed in: redirect URI and client have passed (OpenID Connect Core §3.1.2.6). */
const nobodySignedIn = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
])

/** Starts a real authorization request without a user: the only way to see whether the redirect URI is registered. */
export async function checkAuthorization(test: ProviderUnderTest): Promise<readonly Finding[]> {
  const { provider, probe, open } = test
  const { url, state } = probe.authorizationRequest()
  const endpoint = provider.browserLogin.url
  let response: Response
  try {
    response = await open(url)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [
      problem(
        'redirect_uri',
        `${endpoint} could not be opened: ${why}.`,
        `Browsers are sent there: correct the options it is derived from, or check whether ${provider.name} is up.`,
      ),
    ]
  }
  const answer = await answerOf(response, probe.redirectUri)
  if (answer) return judgeAnswer(test, answer, state)
  const refusal = await refusalOf(response, provider)
  if (refusal) return [refused(test, refusal)]
  return [ok('redirect_uri', `${provider.name} accepts the request and asks the user to sign in.`)]
}

/** What came back to the redirect URI, by redirect or by a form. */
async function answerOf(response: Response, redirectUri: string): Promise<URLSearchParams | undefined> {
  const location = response.headers.get('location')
  if (location !== null && URL.canParse(location)) {
    const target = new URL(location)
    return target.origin + target.pathname === redirectUri ? target.searchParams : undefined
  }
  const text = await response.clone().text()
  if (!text.includes(`action="${redirectUri}"`)) return undefined
  const fields = [...text.matchAll(/<input[^>]*\bname="([^"]*)"[^>]*\bvalue="([^"]*)"/gi)]
  return new URLSearchParams(
    fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
  )
}

function judgeAnswer(
  { provider, probe }: ProviderUnderTest,
  answer: URLSearchParams,
  state: string,
): readonly Finding[] {
  const { name, browserLogin, oidc } = provider
  const error = answer.get('error')
  const description = answer.get('error_description') ?? undefined
  const accepted = error === null || nobodySignedIn.has(error)
  const explanation =
    error === null ? undefined : provider.explain({ stage: 'authorize', code: error, description })
  const said = description === undefined ? '' : `: ${JSON.stringify(description.slice(0, 200))}`
  const issuer = answer.get('iss')
  return [
    accepted
      ? ok('redirect_uri', `${name} knows ${probe.redirectUri} and the client id.`)
      : problem(
          'redirect_uri',
          `${name} refuses the request with ${JSON.stringify(error)}${said}.`,
          explanation ??
            `Compare the settings of ${applicationAt(provider)}: authorization code grant, scopes, and who may use it.`,
        ),
    ...(answer.get('state') === state
      ? []
      : [
          problem(
            'redirect_uri',
            `${name} does not return "state", so its responses cannot be trusted.`,
            `Check that the endpoint is correct and that nothing between this machine and ${name} changes its responses.`,
          ),
        ]),
    ...(issuer !== null &&
    oidc &&
    !oidc.issuerTemplate &&
    issuer !== oidc.issuer &&
    !oidc.acceptedIssuers?.includes(issuer)
      ? [
          problem(
            'response_iss',
            `Its response has the "iss" ${JSON.stringify(issuer)} instead of ${JSON.stringify(oidc.issuer)}.`,
            'Correct the options that the issuer is derived from.',
          ),
        ]
      : []),
    ...(issuer === null && browserLogin.responseIss === 'required'
      ? [
          problem(
            'response_iss',
            `Its response has no "iss" (RFC 9207), which ${name} always sends.`,
            `Enable it at ${name}, or check whether something in between changes its responses.`,
          ),
        ]
      : []),
  ]
}

interface Refusal {
  readonly status: number
  /** Error code, where one could be made out. */
  readonly code: string | undefined
  /** Words of the page: providers explain by them too. */
  readonly text: string
}

const knownCodes =
  /AADSTS\d{5,}|\b(?:redirect_uri_mismatch|redirect_mismatch|invalid_redirect_uri|invalid_client|unauthorized_client|invalid_request|invalid_scope|deleted_client|org_internal|application_suspended)\b/

/** A page of the provider in place of an answer: only some of them are errors. */
async function refusalOf(response: Response, provider: IdentityProvider): Promise<Refusal | undefined> {
  const { status } = response
  const location = response.headers.get('location')
  if (location !== null) {
    const parameters = URL.canParse(location, provider.browserLogin.url)
      ? new URL(location, provider.browserLogin.url).searchParams
      : new URLSearchParams()
    const code = parameters.get('error') ?? undefined
    return code === undefined ? undefined : { status, code, text: parameters.get('error_description') ?? '' }
  }
  const text = (await response.text()).replaceAll(/<[^>]*>/g, ' ').slice(0, 20_000)
  const code =
    knownCodes.exec(text)?.[0] ??
    (/redirect[ _]?ur[il]|callback url/i.test(text) ? 'invalid_redirect_uri' : undefined)
  if (status >= 400) return { status, code, text }
  // Entra and others show their error pages with status 200; a login page may well speak of redirects.
  return knownCodes.test(text) && code !== 'invalid_request' ? { status, code, text } : undefined
}

function refused({ provider, probe }: ProviderUnderTest, { code, status, text }: Refusal): Finding {
  const { name } = provider
  if (status >= 500) {
    return warning(
      'redirect_uri',
      `${name} answers an authorization request with ${status}.`,
      'Try again later.',
    )
  }
  const said = code === undefined ? `status ${status}` : JSON.stringify(code)
  const message = `${name} refuses the request with ${said}, on a page of its own.`
  const explanation = provider.explain({
    stage: 'authorize',
    code: code ?? 'invalid_redirect_uri',
    description: text,
  })
  const guess = code === undefined ? ' If it is registered already, compare the client id.' : ''
  return problem(
    'redirect_uri',
    message,
    `${explanation ?? 'Open the page to see its message.'} The callback address is ${probe.redirectUri}.${guess}`,
  )
}
