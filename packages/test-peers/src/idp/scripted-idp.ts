import type { JWK, JWTPayload } from 'jose'

import { type Clock, systemClock } from '../clock.ts'
import type { InjectableFetch } from '../fetch.ts'
import { authorization } from './authorization.ts'
import { accessTokenHash, type IdTokenDraft, signDraft } from './id-token.ts'
import type { IdpClient } from './idp-client.ts'
import type { IdpContext, IdpEndpoint, IdpRequest, IdpUser } from './idp-context.ts'
import { endSession, revocation, userinfo } from './other-endpoints.ts'
import { createSigningKey, type SigningAlgorithm, type SigningKey } from './signing-key.ts'
import { token } from './token.ts'

/** What the provider is made of. */
export interface ScriptedIdpOptions {
  /** Default `https://idp.example`. Kept exactly as given, including a slash. */
  readonly issuer?: string
  /** Absolute URLs, for providers with endpoints of their own shape; the rest hangs below the issuer. */
  readonly endpoints?: Partial<Record<IdpEndpoint, string>>
  readonly clients?: readonly IdpClient[]
  /** Default `RS256`. */
  readonly algorithm?: SigningAlgorithm
  /** The first key, for many providers that need not differ in it; default a new one. */
  readonly signingKey?: SigningKey
  readonly user?: IdpUser
  /** RFC 9207 `iss` in the authorization response; default `true`. */
  readonly sendsIss?: boolean
  readonly clock?: Clock
}

type Undo = () => void

/** An OpenID provider inside the test. It is strict until it is bent. */
export interface ScriptedIdp {
  readonly issuer: string
  readonly endpoints: Readonly<Record<IdpEndpoint, string>>
  readonly clients: readonly IdpClient[]
  /** Give it to the server under test as its `fetch`, and to the browser by `routeByOrigin`. */
  readonly fetch: InjectableFetch
  /** Everything that was asked, oldest first. */
  readonly requests: readonly IdpRequest[]
  /** Who is signed in at the provider; `undefined` for nobody: `prompt=none` then answers `login_required`. */
  signInAs(user: IdpUser | undefined): void
  /** Changes the answers of an endpoint, after the changes made before. */
  bend(
    endpoint: IdpEndpoint,
    change: (answer: Response, request: IdpRequest) => Response | Promise<Response>,
  ): Undo
  /** Changes the members of a JSON answer; `undefined` removes one. */
  bendJson(endpoint: IdpEndpoint, change: (body: Record<string, unknown>) => Record<string, unknown>): Undo
  /** Changes ID tokens before they are signed. */
  bendIdToken(change: (draft: IdTokenDraft, client: IdpClient) => IdTokenDraft | Promise<IdTokenDraft>): Undo
  /** Changes the parameters that go back to the server under test. */
  bendCallback(change: (parameters: URLSearchParams, request: IdpRequest) => URLSearchParams): Undo
  /** Answers by this response mode whatever was asked for. */
  answerBy(mode: 'query' | 'form_post' | undefined): void
  /** The key in use. */
  currentKey(): Promise<SigningKey>
  /** Signs with a new key, or the given one, from now on; the old one stays published if `keepOld`. */
  rotateKeys(options?: {
    readonly keepOld?: boolean
    readonly algorithm?: SigningAlgorithm
    readonly key?: SigningKey
  }): Promise<SigningKey>
  /** Adds members to the published key set, before the current key. */
  publish(...keys: readonly JWK[]): void
  /** Signs any token with the current key, e.g. a back-channel logout token. */
  sign(claims: JWTPayload, header?: { readonly typ?: string }): Promise<string>
}

function endpointsOf(
  issuer: string,
  given: Partial<Record<IdpEndpoint, string>> = {},
): Record<IdpEndpoint, string> {
  const base = issuer.endsWith('/') ? issuer : `${issuer}/`
  return {
    discovery: `${base}.well-known/openid-configuration`,
    jwks: `${base}jwks`,
    authorization: `${base}authorize`,
    token: `${base}token`,
    userinfo: `${base}userinfo`,
    revocation: `${base}revoke`,
    endSession: `${base}logout`,
    ...given,
  }
}

/** Reads query and body into one list. */
async function parametersOf(request: Request): Promise<URLSearchParams> {
  const parameters = new URLSearchParams(new URL(request.url).search)
  if (request.method !== 'POST') return parameters
  const body = await request.text()
  if (request.headers.get('content-type')?.startsWith('application/json')) {
    for (const [name, value] of Object.entries(JSON.parse(body) as Record<string, unknown>)) {
      if (typeof value === 'string') parameters.append(name, value)
    }
    return parameters
  }
  for (const [name, value] of new URLSearchParams(body)) parameters.append(name, value)
  return parameters
}

/** Creates a provider with one client `client` / `secret` and the user Ada, unless told otherwise. */
export function createScriptedIdp(options: ScriptedIdpOptions = {}): ScriptedIdp {
  const issuer = options.issuer ?? 'https://idp.example'
  const endpoints = endpointsOf(issuer, options.endpoints)
  const clients = options.clients ?? [{ clientId: 'client', clientSecret: 'secret' }]
  const clock = options.clock ?? systemClock
  const algorithm = options.signingKey?.algorithm ?? options.algorithm ?? 'RS256'
  let user: IdpUser | undefined = options.user ?? {
    sub: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    email_verified: true,
  }
  let forcedMode: 'query' | 'form_post' | undefined
  let current = options.signingKey && Promise.resolve(options.signingKey)
  let keyNumber = 1
  const published: JWK[] = []
  const requests: IdpRequest[] = []
  const answerBends: ((answer: Response, request: IdpRequest) => Response | Promise<Response>)[] = []
  const idTokenBends: ((draft: IdTokenDraft, client: IdpClient) => IdTokenDraft | Promise<IdTokenDraft>)[] =
    []
  const callbackBends: ((parameters: URLSearchParams, request: IdpRequest) => URLSearchParams)[] = []

  const currentKey = (): Promise<SigningKey> => (current ??= createSigningKey(algorithm, 'key-1'))

  function add<Item>(list: Item[], item: Item): Undo {
    list.push(item)
    return () => {
      const index = list.indexOf(item)
      if (index !== -1) list.splice(index, 1)
    }
  }

  const context: IdpContext = {
    issuer,
    endpoints,
    clients,
    clock,
    sendsIss: options.sendsIss ?? true,
    codes: new Map(),
    refreshTokens: new Map(),
    accessTokens: new Map(),
    currentUser: () => user,
    responseMode: (requested) => forcedMode ?? requested,
    async signIdToken(claims, client, accessToken) {
      const key = await currentKey()
      let draft: IdTokenDraft = {
        header: { alg: key.algorithm, kid: key.kid },
        claims: { ...claims, at_hash: await accessTokenHash(accessToken, key.algorithm) },
        key: key.privateKey,
      }
      for (const bend of idTokenBends) draft = await bend(draft, client)
      return signDraft(draft)
    },
    bendCallback: (parameters, request) =>
      callbackBends.reduce((bent, bend) => bend(bent, request), parameters),
  }

  const answers: Record<IdpEndpoint, (request: IdpRequest) => Response | Promise<Response>> = {
    discovery: () => Response.json(discoveryDocument(context, algorithm)),
    jwks: async () => Response.json({ keys: [...published, (await currentKey()).publicJwk] }),
    authorization: (request) => authorization(request, context),
    token: (request) => token(request, context),
    userinfo: (request) => userinfo(request, context),
    revocation: (request) => revocation(request, context),
    endSession: (request) =>
      endSession(request, () => {
        user = undefined
      }),
  }

  const names = Object.keys(answers) as IdpEndpoint[]

  return {
    issuer,
    endpoints,
    clients,
    requests,
    currentKey,
    async fetch(input, init) {
      const request = new Request(input, init)
      const url = new URL(request.url)
      const endpoint = names.find((name) => {
        // An issuer need not be a URL, and then what would hang below it is not there.
        if (!URL.canParse(endpoints[name])) return false
        const known = new URL(endpoints[name])
        return known.origin === url.origin && known.pathname === url.pathname
      })
      if (endpoint === undefined) return new Response(`The provider has no ${url.pathname}`, { status: 404 })
      const { method, headers } = request
      const seen = { endpoint, method, url, headers, parameters: await parametersOf(request) }
      requests.push(seen)
      let answer = await answers[endpoint](seen)
      for (const bend of answerBends) answer = await bend(answer, seen)
      return answer
    },
    signInAs(next) {
      user = next
    },
    bend: (endpoint, change) =>
      add(answerBends, (answer, request) =>
        request.endpoint === endpoint ? change(answer, request) : answer,
      ),
    bendJson: (endpoint, change) =>
      add(answerBends, async (answer, request) => {
        if (request.endpoint !== endpoint) return answer
        const body = change((await answer.json()) as Record<string, unknown>)
        return Response.json(body, { status: answer.status })
      }),
    bendIdToken: (change) => add(idTokenBends, change),
    bendCallback: (change) => add(callbackBends, change),
    answerBy(mode) {
      forcedMode = mode
    },
    async rotateKeys({ keepOld = true, algorithm: next, key } = {}) {
      const old = await currentKey()
      if (keepOld) published.push(old.publicJwk)
      keyNumber += 1
      current = key ? Promise.resolve(key) : createSigningKey(next ?? old.algorithm, `key-${keyNumber}`)
      return current
    },
    publish(...keys) {
      published.push(...keys)
    },
    async sign(claims, header = {}) {
      const key = await currentKey()
      return signDraft({
        header: { alg: key.algorithm, kid: key.kid, ...header },
        claims,
        key: key.privateKey,
      })
    },
  }
}

function discoveryDocument(
  { issuer, endpoints, sendsIss }: IdpContext,
  algorithm: string,
): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    userinfo_endpoint: endpoints.userinfo,
    jwks_uri: endpoints.jwks,
    revocation_endpoint: endpoints.revocation,
    end_session_endpoint: endpoints.endSession,
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: sendsIss,
  }
}
