import { Hono } from 'hono'

import { answerResponse, jsonAnswer } from './api/api-answer.ts'
import type { ApiHandler } from './api/api-endpoint.ts'
import { apiHandlers } from './api/api-handlers.ts'
import { mountApi } from './api/mount-api.ts'
import type { SignedIn } from './browser/session.ts'
import { assertionAlgorithms } from './clients/assertion-algorithms.ts'
import type { Context } from './context.ts'
import { createContext } from './create-context.ts'
import type { Endpoint } from './endpoint.ts'
import {
  apiEndpoints,
  optionalApiEndpoints,
  optionalPageEndpoints,
  pageEndpoints,
  rootApiEndpoints,
  rootPageEndpoints,
} from './endpoints.ts'
import { wellKnownDocuments, wellKnownEndpoints } from './endpoints/well-known.ts'
import type { GrantSummary } from './grants/describe-grants.ts'
import type { AccessSelection, RevokedAccess } from './grants/revoke-access.ts'
import type { GrantSelection } from './grants/revoke-grants.ts'
import { hostPages, type HostPages } from './host-pages.ts'
import type { RequestFacts } from './limits/client-address.ts'
import { callbackUrl } from './login/callback-url.ts'
import type { AccountsPage, FoundAccounts } from './login/find-accounts.ts'
import type { ProviderTokenType } from './login/provider-tokens.ts'
import type { ResealedTokens } from './login/reseal-provider-tokens.ts'
import { identified, mountPages } from './mount-pages.ts'
import { operatorPages, type OperatorPages } from './operator-pages.ts'
import type { AuthorizationServerOptions } from './options.ts'
import type { GrantRecord } from './records.ts'
import { requestContext } from './request-id.ts'
import type { Resource } from './settings.ts'
import type { Account, TokenVerifier } from './tokens/token-verifier.ts'

/** A running authorization server: a function from `Request` to `Response`, and what its host may ask it. */
export interface AuthorizationServer {
  /** Answers every endpoint of this server, and 404 for the rest. */
  readonly fetch: (request: Request, facts?: RequestFacts) => Response | Promise<Response>
  /** What answers programs at fixed paths, without a `Request` and a `Response`: for hosts that have others. */
  readonly api: ReadonlyMap<string, ApiHandler>
  /**
   * The same server on behalf of one request: what it records carries the id of that request, and sign-ins that it begins
   * count for the address that asks.
   */
  readonly forRequest: (facts?: RequestFacts) => AuthorizationServer
  /** The same as a Hono app, to be mounted at the root of another one: `app.route('/', server.app)`. */
  readonly app: Hono
  /** The gateway-wide issuer: the public URL. Each resource has its own issuer. */
  readonly issuer: string
  readonly resources: readonly Resource[]
  /** Signature algorithms of DPoP proofs (RFC 9449); absent where DPoP is off. */
  readonly dpopAlgorithms: readonly string[] | undefined
  /** By id of the provider: the redirect URI to register there. */
  readonly callbackUrls: ReadonlyMap<string, string>
  /** Verifies an access token for one resource, named by its canonical URL; `undefined` for any that is not valid there. */
  readonly verifyAccessToken: TokenVerifier['verify']
  /** Who is signed in in the browser that sent `request`. */
  readonly signedIn: (request: Request) => Promise<SignedIn | undefined>
  /**
   * For pages of the host, e.g. `/account`: who is signed in, or the answer that makes the browser sign in and come back.
   * `returnTo` is a path on this origin.
   */
  readonly requireSignIn: (request: Request, returnTo: string) => Promise<SignedIn | Response>
  /** The same for somebody who is signed in already, and has to be once more. */
  readonly signInAgain: (request: Request, returnTo: string) => Promise<Response>
  /**
   * A token of the identity provider for this user, renewed if need be; `undefined` when the user has to sign in again. Only
   * where `providerTokens` names a resource.
   *
   * @throws {UpstreamError} when the provider cannot answer now
   */
  readonly providerToken: (subject: string, type: ProviderTokenType) => Promise<string | undefined>
  /** Pages of the host: upstream accounts, and what a user has allowed. */
  readonly pages: HostPages
  /** Pages of the host's operators. */
  readonly operatorPages: OperatorPages
  /** What a user has granted and not withdrawn, the newest first. */
  readonly listGrants: (subject: string) => Promise<readonly GrantRecord[]>
  /** The same as text, for the user's pages and programs. */
  readonly describeGrants: (subject: string) => Promise<readonly GrantSummary[]>
  /**
   * Ends a grant at the wish of its user, or of an operator; `false`, and nothing ends, unless it is one of this user's.
   */
  readonly withdrawGrant: (subject: string, grantId: string, by?: 'user' | 'operator') => Promise<boolean>
  /** The account of a user, by our name for them. */
  readonly findAccount: (subject: string) => Promise<Account | undefined>
  /** All users that have signed in, in a fixed order: a page of `limit` after the subject `after`. */
  readonly listAccounts: (page: AccountsPage) => Promise<FoundAccounts>
  /** Users of this e-mail address or name, or whom their provider or we call so; capitals do not matter. */
  readonly searchAccounts: (text: string) => Promise<readonly Account[]>
  /** Ends a grant with everything issued from it. */
  readonly revokeGrant: (grantId: string) => Promise<void>
  /** Ends the selected grants of a user; returns how many there were. */
  readonly revokeGrants: (selection: GrantSelection) => Promise<number>
  /**
   * Ends the access of a user, of a client, or of everybody up to a time, with sessions and remembered consents.
   *
   * @throws {TypeError} when nothing is selected
   */
  readonly revokeAccess: (selection: AccessSelection) => Promise<RevokedAccess>
  /**
   * Proves that the storage answers and that the keys in it can be opened; without them nothing can be issued.
   *
   * @throws {StorageUnavailableError}
   * @throws {SealError} when a key was taken out of `keys` that something is still sealed under
   */
  readonly ready: () => Promise<void>
  /**
   * Seals anew, under the newest of `keys`, the tokens of identity providers that are kept for users. Requests may be
   * answered meanwhile; who was interrupted begins again.
   *
   * @throws {StorageUnavailableError}
   */
  readonly resealProviderTokens: (report?: (progress: ResealedTokens) => void) => Promise<ResealedTokens>
  /** For extensions of this server, e.g. a gateway's account page. */
  readonly context: Context
}

const operations = () => import('./host-operations.ts')

/**
 * An OAuth 2.1 authorization server in front of identity providers.
 *
 * Nothing is read or written before the first request: signing keys are created, or adopted from another node, then.
 *
 * @throws {ConfigError} naming every wrong option and its remedy
 */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const context = createContext(options)
  const { settings } = context

  const app = new Hono()
  // RS-17, COMPAT-03: what reads these addresses is a program.
  app.notFound((c) => identified(notFound, c, context))
  const handlers = new Map([
    ...apiHandlers('', wellKnownEndpoints(wellKnownDocuments(settings)), context),
    ...apiHandlers('', rootApiEndpoints, context),
    ...apiHandlers(settings.basePath, apiEndpoints, context),
    ...apiHandlers(settings.basePath, optionalApiEndpoints(settings), context),
  ])
  mountApi(app, handlers, context)
  mountPages(app, settings.basePath, pageEndpoints, context)
  mountPages(app, settings.basePath, optionalPageEndpoints(settings), context)
  mountPages(app, '', rootPageEndpoints, context)

  const isFixed = (path: string): boolean => !path.includes(':')
  return describeServer(context, {
    fetch: (request, facts) => app.fetch(request, facts),
    api: new Map([...handlers].filter(([path]) => isFixed(path))),
    app,
    issuer: settings.publicUrl,
    resources: [...settings.resources.values()],
    dpopAlgorithms: settings.dpop ? assertionAlgorithms : undefined,
    callbackUrls: new Map(
      settings.providers.map((provider) => [provider.id, callbackUrl(settings, provider)]),
    ),
  })
}

/** What is the same for every request. */
type ServerFacts = Pick<
  AuthorizationServer,
  'fetch' | 'api' | 'app' | 'issuer' | 'resources' | 'dpopAlgorithms' | 'callbackUrls'
>

/** What the host may ask, in the context of the whole server or of one request. */
function describeServer(context: Context, facts: ServerFacts, clientAddress?: string): AuthorizationServer {
  return {
    ...facts,
    forRequest: ({ requestId, clientAddress: address } = {}) =>
      describeServer(requestId === undefined ? context : requestContext(context, requestId), facts, address),
    verifyAccessToken: (...presented) => context.accessTokens.verify(...presented),
    signedIn: async (request) => (await operations()).signedIn(context, request),
    requireSignIn: async (request, returnTo) =>
      (await operations()).requireSignIn(context, request, returnTo, clientAddress),
    signInAgain: async (request, returnTo) =>
      (await operations()).signInAgain(context, request, returnTo, clientAddress),
    providerToken: async (subject, type) => (await operations()).providerToken(context, subject, type),
    pages: hostPages(context),
    operatorPages: operatorPages(context),
    listGrants: async (subject) => (await operations()).listGrants(context, subject),
    describeGrants: async (subject) => (await operations()).describeGrants(context, subject),
    withdrawGrant: async (subject, grantId, by) =>
      (await operations()).withdrawGrant(context, subject, grantId, by),
    findAccount: async (subject) => (await operations()).findAccount(context.storage, subject),
    listAccounts: async (page) => (await operations()).listAccounts(context.storage, page),
    searchAccounts: async (text) => (await operations()).searchAccounts(context.storage, text),
    revokeGrant: async (grantId) => (await operations()).revokeGrant(context, grantId, 'operator'),
    revokeGrants: async (selection) => (await operations()).revokeGrants(context, selection, 'operator'),
    revokeAccess: async (selection) => (await operations()).revokeAccess(context, selection),
    async ready() {
      await context.storage.get(['readiness', 'probe'])
      await Promise.all([context.signingKeys.ready(), context.refreshTokenKey(), context.auditKey()])
    },
    resealProviderTokens: async (report = () => undefined) =>
      (await operations()).resealProviderTokens(context, report),
    context,
  }
}

const notFound: Endpoint = () =>
  answerResponse(
    jsonAnswer({ error: 'not_found', error_description: 'There is nothing at this address.' }, 404),
  )
