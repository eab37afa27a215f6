import { defineDiscoverableProvider, type OptionValues, type Report } from '@portico/provider'

import { completeEndpoints, derivationOf, statedEndpoints } from './endpoints.ts'
import { fromDiscovery } from './from-discovery.ts'
import { oidcOptions } from './oidc-options.ts'

type Values = OptionValues<typeof oidcOptions>

/**
 * Sign in with any OpenID provider. Either all endpoints are stated (`oidc`, `browserLogin`), or the discovery document
 * of the issuer supplies those that are not (OpenID Connect Discovery §4).
 */
export const oidc = defineDiscoverableProvider({
  id: 'oidc',
  name: 'OpenID Connect',
  policyType: 'mcp-oauth-inbound',
  options: oidcOptions,
  derive: (values, report) => {
    reportRepetitions(values, report)
    reportUnboundAnswer(values, report)
    const stated = statedEndpoints(values)
    const shared = sharedOptions(values)
    const complete = completeEndpoints(stated)
    if (complete !== undefined && values.discovery === undefined) return { ...derivationOf(complete), shared }
    if (values.discovery === undefined && values.oidc !== undefined) reportMissing(stated, report)
    const { issuer } = stated
    if (issuer === undefined) {
      report(
        'issuer',
        'is missing',
        'Set it to the "iss" of the provider\'s ID tokens, e.g. "https://idp.example.com".',
      )
      return undefined
    }
    const url = typeof values.discovery === 'string' ? values.discovery : wellKnownUrl(issuer)
    const issuerOption = values.oidc?.issuer === undefined ? 'issuer' : 'oidc.issuer'
    const derive = (document: unknown, reportDocument: Report) =>
      fromDiscovery({ ...stated, issuerOption, discoveryUrl: url }, document, reportDocument)
    return { discovery: { issuer, url, derive }, shared }
  },
})

/** The issuer keeps its trailing slash; the address of its document has only one (OpenID Connect Discovery §4.1). */
function wellKnownUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

function reportMissing(stated: ReturnType<typeof statedEndpoints>, report: Report): void {
  const remedy = 'Set it, or set discovery to true.'
  if (stated.jwksUrl === undefined) report('oidc.jwksUrl', 'is missing', remedy)
  if (stated.url === undefined) report('browserLogin.url', 'is missing', remedy)
  if (stated.tokenUrl === undefined) report('browserLogin.tokenUrl', 'is missing', remedy)
}

function reportRepetitions(values: Values, report: Report): void {
  const { issuer, oidc: stated, browserLogin = {}, browserLoginOverrides = {} } = values
  const pairs = [
    ['oidc.issuer', 'issuer', stated?.issuer, issuer],
    ['browserLogin.clientId', 'clientId', browserLogin.clientId, values.clientId],
    ['browserLogin.clientSecret', 'clientSecret', browserLogin.clientSecret, values.clientSecret],
    ['browserLogin.scope', 'scope', browserLogin.scope, values.scope],
    ['browserLogin.pkce', 'browserLoginOverrides.pkce', browserLogin.pkce, browserLoginOverrides.pkce],
  ] as const
  for (const [path, other, first, second] of pairs) {
    if (first !== undefined && second !== undefined) report(path, `repeats ${other}`, 'Keep one of the two.')
  }
}

/** An injected code is noticed by PKCE or by the nonce: one of them has to stay (RFC 9700 §4.5.3). */
function reportUnboundAnswer({ browserLogin, browserLoginOverrides }: Values, report: Report): void {
  const pkce = browserLogin?.pkce ?? browserLoginOverrides?.pkce
  if (browserLogin?.nonce === 'absent' && pkce === 'none') {
    report('browserLogin.nonce', 'cannot be absent while PKCE is off', 'Remove one of the two.')
  }
}

/** The reference's `browserLogin` block also holds what every other provider takes at the top. */
function sharedOptions({ browserLogin, browserLoginOverrides, ...values }: Values) {
  if (browserLogin === undefined) return {}
  const { pkce, remoteTimeoutMs, stateTtlSeconds, sessionTtlSeconds } = browserLogin
  return {
    clientId: browserLogin.clientId ?? values.clientId,
    clientSecret: browserLogin.clientSecret ?? values.clientSecret,
    scope: browserLogin.scope ?? values.scope,
    browserLoginOverrides: {
      pkce: pkce ?? browserLoginOverrides?.pkce,
      remoteTimeoutMs: remoteTimeoutMs ?? browserLoginOverrides?.remoteTimeoutMs,
      stateTtlSeconds: stateTtlSeconds ?? browserLoginOverrides?.stateTtlSeconds,
      sessionTtlSeconds: sessionTtlSeconds ?? browserLoginOverrides?.sessionTtlSeconds,
    },
  }
}
