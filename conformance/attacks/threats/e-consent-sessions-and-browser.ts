import type { ThreatSection } from './threat.ts'

const setup = 'packages/core/src/endpoints/setup.ts'
const finishLogin = 'packages/core/src/login/finish-login.ts'
const pageResponse = 'packages/core/src/pages/page-response.ts'
const checkClaims = 'packages/core/src/login/id-token/check-claims.ts'

export const consentSessionsAndBrowser: ThreatSection = {
  letter: 'E',
  title: 'Consent, sessions, browser',
  threats: [
    {
      id: 'E01',
      attack: 'registers a client and sends it a user who is signed in at the IdP already (confused deputy)',
      sources: ['PrefectHQ/fastmcp 2056', 'cloudflare/ai 51', 'MCP: security best practices'],
      defences: [
        {
          does: 'asks every user about every client, on a page that names the client and the redirect target',
          file: setup,
          removal: {
            text: 'if (complete && (await isRemembered(context, attempt.transaction, user.account.subject))) {',
            replacement: 'if (complete) {',
          },
        },
      ],
    },
    {
      id: 'E02',
      attack: 'consents in a browser of its own and lets the victim finish the sign-in',
      sources: ['PrefectHQ/fastmcp GHSA-rww4-4w9c-7733 (CVE-2026-27124)'],
      defences: [
        {
          does: 'binds every attempt to one browser with a cookie, from the first request to the decision',
          file: finishLogin,
          removal: {
            text: 'if (boundSecret(context, request, login.browser) === undefined) {',
            replacement: 'if (login.browser.length === 0) {',
          },
        },
      ],
    },
    {
      id: 'E03',
      attack: 'rides on remembered consent from another site (authorization server in the middle)',
      sources: ['PrefectHQ/fastmcp GHSA-6x8h-498w-gv8c'],
      defences: [
        {
          does: 'uses remembered consent only for navigations that no other site started',
          file: 'packages/core/src/consent/remembered-consent.ts',
          removal: {
            text: "if (crossSite || request.prompt.includes('consent') || !mayRemember(settings, transaction)) return false",
            replacement:
              "if (request.prompt.includes('consent') || !mayRemember(settings, transaction)) return false",
          },
        },
        {
          does: 'takes no redirect URI at which the next authorization would begin, as if from a page of its own',
          file: 'packages/core/src/browser/begins-authorization.ts',
          removal: {
            text: 'if (origin !== publicUrl) return false',
            replacement: 'if (origin !== publicUrl || pathname !== basePath) return false',
          },
        },
      ],
    },
    {
      id: 'E04',
      attack: 'posts the consent form itself: from another site, with its own token, or with other fields',
      sources: ['PrefectHQ/fastmcp 3519'],
      defences: [
        {
          does: 'refuses forms from other sites before it reads them',
          file: 'packages/core/src/browser/refuse-cross-site-form.ts',
          removal: {
            text: "if (isCrossSite(settings, request)) throw new PageProblem('cross_site_form')",
            replacement: '',
          },
        },
        {
          does: 'binds the token of a form to the attempt and the user it was shown to',
          file: setup,
          removal: {
            text: 'if (!isAttemptForm(context, form, { id: attempt.id, current: state.current })) {',
            replacement: 'if (form.size === 0) {',
          },
        },
      ],
    },
    {
      id: 'E05',
      attack: 'frames the consent page, or runs scripts in it',
      sources: ['RFC 9700 section 4.16', 'OWASP: clickjacking'],
      defences: [
        {
          does: 'sends the same strict headers with every response to a browser',
          file: pageResponse,
          removal: { text: "`frame-ancestors 'none'`,", replacement: '' },
        },
      ],
    },
    {
      id: 'E06',
      attack: 'puts markup into names, scopes, errors and answers that end on a page',
      sources: ['PrefectHQ/fastmcp CVE-2025-62800', 'babs/mcp-auth-proxy threat model row 14'],
      defences: [
        {
          does: 'renders pages with templates that escape, and shows no text from an IdP',
          file: 'packages/core/src/pages/client-portrait.ts',
          removal: {
            text: ': displayText(client.name)',
            // As `raw` of hono/html does: a text that says of itself that it is markup already.
            replacement:
              ': (Object.assign(new String(client.name), { isEscaped: true }) as unknown as string)',
          },
        },
      ],
    },
    {
      id: 'E07',
      attack: 'makes the victim sign in as somebody else, or fixes the session before the sign-in',
      sources: ['RFC 9700 section 4.7', 'OWASP: session fixation'],
      defences: [
        {
          does: 'accepts a state once, in the same browser, and starts every session with a new id',
          file: finishLogin,
          removal: {
            text: 'if (boundSecret(context, request, login.browser) === undefined) {',
            replacement: 'if (login.browser.length === 0) {',
          },
        },
        {
          does: 'ends the session that a browser had before',
          file: 'packages/core/src/browser/session.ts',
          removal: { text: 'if (before) await sessions.delete(before)', replacement: '' },
        },
      ],
    },
    {
      id: 'E08',
      attack: 'plants or reads a cookie from another subdomain, port or script',
      sources: ['RFC 6265bis section 4.1.3'],
      defences: [
        {
          does: 'names cookies __Host-, and makes them Secure, HttpOnly and SameSite',
          file: 'packages/core/src/browser/cookies.ts',
          removal: { text: 'httpOnly: true,', replacement: 'httpOnly: false,' },
        },
      ],
    },
    {
      id: 'E09',
      attack: 'signs in by an ID token that is not for this gateway, not for this login or not from this IdP',
      sources: ['OpenID Connect Core section 3.1.3.7', 'babs/mcp-auth-proxy threat model row 13'],
      defences: [
        {
          does: 'checks signature, issuer, audience, nonce and times of every ID token',
          file: checkClaims,
          removal: {
            text: "if (nonce === undefined || typeof echoed !== 'string' || !equalInConstantTime(echoed, nonce)) {",
            replacement: 'if (nonce === echoed && nonce === undefined) {',
          },
        },
        {
          does: 'admits nobody on the basis of claims that the IdP did not send or did not verify',
          file: 'packages/core/src/login/check-sign-in-rules.ts',
          removal: {
            text: 'if (requireVerifiedEmail && !email?.verified) {',
            replacement: 'if (requireVerifiedEmail && !email) {',
          },
        },
      ],
    },
    {
      id: 'E10',
      attack: 'answers a login at one IdP with the code or the callback of another (mix-up)',
      sources: ['RFC 9700 section 4.4', 'RFC 9207'],
      defences: [
        {
          does: 'has a separate callback for every IdP, and compares iss',
          file: finishLogin,
          removal: {
            text: 'if (!provider || callback !== expected) throw',
            replacement: 'if (!provider) throw',
          },
        },
        {
          does: 'accepts a response only from the issuer that was asked',
          file: 'packages/core/src/login/provider-answer.ts',
          removal: {
            text: 'if (issuer === oidc.issuer || oidc.acceptedIssuers?.includes(issuer)) return',
            replacement: 'if (issuer) return',
          },
        },
      ],
    },
    {
      id: 'E11',
      attack: 'uses a parameter of the gateway to send the browser to another site',
      sources: ['CWE-601', 'OpenID Connect RP-Initiated Logout 1.0 section 6'],
      defences: [
        {
          does: 'continues only to paths of its own origin, whatever parser reads them',
          file: 'packages/core/src/browser/local-path.ts',
          removal: {
            text: 'if (value === undefined || !/^\\/(?![/\\\\])[\\x21-\\x5B\\x5D-\\x7E]*$/.test(value)) return undefined',
            replacement: 'if (value !== undefined) return value',
          },
        },
      ],
    },
    {
      id: 'E12',
      attack: 'continues a session after its user has signed out',
      sources: ['OpenID Connect RP-Initiated Logout 1.0', 'OpenID Connect Back-Channel Logout 1.0'],
      defences: [
        {
          does: 'ends the session in the storage, not only in the browser',
          file: 'packages/core/src/browser/session.ts',
          removal: {
            text: "if (id) await records(storage, 'session').delete(id)",
            replacement: "if (id === '') await records(storage, 'session').delete(id)",
          },
        },
        {
          does: 'deletes remembered consent',
          file: 'packages/core/src/endpoints/logout.ts',
          removal: {
            text: 'await forgetRememberedConsents(context, user.account.subject)',
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'E13',
      attack: 'guesses codes, tokens, handles and secrets',
      sources: ['RFC 6749 section 10.10', 'OWASP API4:2023'],
      defences: [
        {
          does: 'uses 256 random bits for everything that could be guessed',
          file: 'packages/core/src/random-text.ts',
          removal: { text: 'const bytesPerText = 32', replacement: 'const bytesPerText = 12' },
        },
        {
          does: 'counts wrong guesses by address and refuses after too many',
          file: 'packages/core/src/limits/rate-limits.ts',
          removal: {
            text: "failure: (address, emit) => countGuess('failures', address, emit),",
            replacement: 'failure: () => Promise.resolve(),',
          },
        },
        {
          does: 'counts unknown access tokens by address, and after too many checks no further unknown ones',
          file: 'packages/core/src/tokens/token-verifier.ts',
          removal: { text: 'if (from) rateLimits.unfamiliarToken(from.clientAddress)', replacement: '' },
        },
      ],
    },
  ],
}
