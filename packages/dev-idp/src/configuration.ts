import { randomUUID } from 'node:crypto'

import type { AdapterFactory, Configuration, JWK } from 'oidc-provider'

import { claimsByScope, claimsOf, type DevAccount } from './accounts.ts'
import { isLoopbackHost } from './loopback.ts'
import { escapeHtml, page, pageHeaders } from './page.ts'

/** Seconds that things live; a session of 14 days and an ID token of an hour are Logto's defaults. */
const fourteenDays = 14 * 24 * 3600
const lifetimesSeconds = {
  AccessToken: 3600,
  AuthorizationCode: 60,
  Grant: fourteenDays,
  IdToken: 3600,
  Interaction: 3600,
  RefreshToken: fourteenDays,
  Session: fourteenDays,
}

/** Back-channel logout may only be sent to this machine. The library's own guard refuses exactly these addresses. */
async function fetchOnLoopback(input: string | URL | Request, options?: RequestInit): Promise<Response> {
  const { hostname } = new URL(input instanceof Request ? input.url : input)
  if (!isLoopbackHost(hostname))
    throw new Error(`The development identity provider does not call ${hostname}.`)
  const { dispatcher: _guard, ...rest } = (options ?? {}) as RequestInit & { dispatcher?: unknown }
  return fetch(input, { ...rest, redirect: 'error' })
}

/** What makes oidc-provider answer like a Logto tenant. */
export function configuration(
  accounts: readonly DevAccount[],
  adapter: AdapterFactory,
  signingKey: JWK,
): Configuration {
  return {
    adapter,
    jwks: { keys: [signingKey] },
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
    clientAuthMethods: ['client_secret_post', 'client_secret_basic'],
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access', 'profile', 'email', 'roles', 'groups'],
    claims: claimsByScope,
    // Logto puts the claims into the ID token, not only into userinfo.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: lifetimesSeconds,
    cookies: {
      keys: [randomUUID()],
      names: { session: 'dev_idp_session', interaction: 'dev_idp_sign_in', resume: 'dev_idp_resume' },
    },
    clientBasedCORS: () => false,
    fetch: fetchOnLoopback,
    async findAccount(_context, subject) {
      const account = accounts.find((each) => each.subject === subject)
      return account && { accountId: account.subject, claims: async () => claimsOf(account) }
    },
    async loadExistingGrant({ oidc }) {
      const { client, session, provider } = oidc
      if (client === undefined || session?.accountId === undefined) return undefined
      const id = session.grantIdFor(client.clientId)
      const existing = id === undefined ? undefined : await provider.Grant.find(id)
      const grant =
        existing ?? new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      grant.addOIDCScope([...oidc.requestParamScopes].join(' '))
      await grant.save()
      return grant
    },
    interactions: { url: (_context, { uid }) => `/oidc/sign-in/${uid}` },
    async renderError(context, out) {
      context.set({ ...pageHeaders })
      const rows = Object.entries(out).map(
        ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(String(value))}</dd>`,
      )
      context.body = page('The request was refused', `<dl role="alert">${rows.join('')}</dl>`)
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: async (_context, client, token) => token.clientId === client.clientId,
      },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (context, form) => {
          context.set({ ...pageHeaders })
          const buttons =
            '<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>' +
            '<button form="op.logoutForm">Stay signed in</button>'
          context.body = page('Sign out?', `${form}${buttons}`)
        },
        postLogoutSuccessSource: async (context) => {
          context.set({ ...pageHeaders })
          context.body = page('Signed out', '<p>You can close this page.</p>')
        },
      },
    },
  }
}
