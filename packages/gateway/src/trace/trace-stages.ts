import type { TraceStep } from './trace-step.ts'

/** What a step means to somebody who asks why an attempt failed. */
export interface TraceStage {
  /** What happened, as a sentence. */
  readonly happened: string
  /** What did not happen next, where the step is the last one. */
  readonly missing?: string
  /** What usually explains it, and what to do. */
  readonly remedy?: string
  /** The step ends the attempt, or leaves nothing to be desired. */
  readonly end?: 'failed' | 'complete'
}

/** By name of the step, in the order of a flow. */
export const traceStages: Readonly<Record<string, TraceStage>> = {
  'challenge.sent': {
    happened: 'A client called the route without a token, and got a 401 that says where the metadata is.',
    missing: 'It did not read the metadata of the resource (RFC 9728).',
    remedy:
      'Clients without OAuth stop here, and so do those with a fixed token. Check that the client can reach the URL in the challenge: "portico doctor" requests it from the outside.',
  },
  'resource_metadata.read': {
    happened: 'It read the metadata of the resource.',
    missing: 'It did not read the metadata of the authorization server (RFC 8414).',
    remedy:
      'Check that no proxy in front of the gateway answers /.well-known itself, and that the entered URL is exactly the "resource" in the metadata, without a trailing slash.',
  },
  'server_metadata.read': {
    happened: 'It read the metadata of the authorization server.',
    missing: 'It neither registered nor opened the authorization page.',
    remedy:
      'The client needs a client id: let it register itself (registration.dynamic), let it use its metadata document (registration.metadataDocuments), or configure one under "clients" and enter it there.',
  },
  'registration.refused': {
    happened: 'Its registration was refused.',
    missing: 'Without a client id it cannot continue.',
    remedy:
      'Correct what the response names: a redirect URI must be https, loopback, or of a scheme listed in registration.privateUseSchemes.',
    end: 'failed',
  },
  'registration.answered': {
    happened: 'It registered itself and got a client id.',
    missing: 'It did not open the authorization page in a browser.',
    remedy:
      'Check whether the client shows a link or a button, and whether it can open a browser on that machine.',
  },
  'authorization.refused': {
    happened: 'The authorization request was refused, and the client was told so by a redirect.',
    missing: 'The client has to send a correct request.',
    remedy: 'The client sent a wrong request: report this to its developer.',
    end: 'failed',
  },
  'page.refused': {
    happened: 'The browser was shown an error page; its reference is the id of this trace.',
    missing: 'The user could not continue.',
    remedy: 'The reason code says what to do: see docs/reason-codes.md.',
    end: 'failed',
  },
  'server.failed': {
    happened: 'The server itself failed.',
    missing: 'The user was shown an error page, or the client an error.',
    remedy:
      'The log has the cause under the same id. Check that the storage and the identity provider respond.',
    end: 'failed',
  },
  'authorization.started': {
    happened: 'The browser came with a correct authorization request.',
    missing: 'It was neither sent to the identity provider nor shown a page.',
    remedy:
      'The browser did not follow the redirect: it was closed, or its cookies for this origin are blocked.',
  },
  'login.started': {
    happened: 'The browser was sent to the identity provider.',
    missing: 'It did not come back.',
    remedy:
      'The user is still there or gave up, or the provider refused the request on its own page: check that the redirect URI is registered there. "portico doctor" tests it.',
  },
  'login.failed': {
    happened: 'The sign-in at the identity provider did not succeed.',
    missing: 'Nobody is signed in.',
    remedy: 'Correct what the message names, at the provider or in its options: "portico doctor" says which.',
    end: 'failed',
  },
  'login.succeeded': {
    happened: 'The user signed in.',
    missing: 'The browser did not request the consent page.',
    remedy:
      'The browser did not follow the redirect: it was closed, or its cookies for this origin are blocked.',
  },
  'consent.asked': {
    happened: 'The user was asked for consent.',
    missing: 'There was no decision.',
    remedy: 'The page is still open, was closed, or is waiting for an upstream account to be connected.',
  },
  'consent.denied': {
    happened: 'The user refused access.',
    missing: 'The client was told access_denied.',
    remedy: 'Nothing is wrong: the user may try again.',
    end: 'failed',
  },
  'consent.remembered': {
    happened: 'The user had allowed it before; the browser was sent back with a code.',
    missing: 'The client did not redeem the code at the token endpoint.',
    remedy:
      'The browser could not reach the client at its redirect URI, or the client refused the answer: state or "iss" was not what it expected.',
  },
  'consent.approved': {
    happened: 'The user allowed it; the browser was sent back to the client with a code.',
    missing: 'The client did not redeem the code at the token endpoint.',
    remedy:
      'The browser could not reach the client at its redirect URI (a local client that was closed, a browser on another machine), or the client refused the answer: state or "iss" was not what it expected.',
  },
  'client.authentication_failed': {
    happened: 'The client could not prove who it is at the token endpoint.',
    missing: 'It got no tokens.',
    remedy:
      'Its secret or key is not the registered one, or its registration has expired: let it register again.',
    end: 'failed',
  },
  'code.reuse_detected': {
    happened: 'The code was redeemed a second time, and everything issued for it was revoked.',
    missing: 'The tokens of the client no longer work.',
    remedy: 'The client sends its token request twice: it may redeem a code only once.',
    end: 'failed',
  },
  'token.refused': {
    happened: 'The token request was refused.',
    missing: 'It got no tokens.',
    remedy:
      'The client sent a wrong request, or sent it too late (codeTtlSeconds): report this to its developer.',
    end: 'failed',
  },
  'token.issued': {
    happened: 'The client got its tokens.',
    missing: 'It has not used them on the route.',
    remedy:
      'The client refused the answer or gave up: its own log says why. If it uses another token, look for "token.rejected" in traces of the same time.',
  },
  'token.rejected': {
    happened: 'It used a token that is not valid on this route.',
    missing: 'It has to get a token for exactly this URL.',
    remedy:
      'The token has expired, was revoked, or is for another route or from another server: let the client sign in again, with the URL of the route as "resource".',
    end: 'failed',
  },
  'access.denied': {
    happened: 'Its token was valid, but has no scope of the route.',
    missing: 'It has to ask for the scopes that the 403 names.',
    remedy: 'Sign in again in the client; if that does not help, the client ignores the challenge in a 403.',
    end: 'failed',
  },
  'route.used': {
    happened: 'It used the route with its token.',
    missing: 'It has not called a tool.',
    remedy: 'Nothing is wrong so far: clients call tools when somebody asks them to.',
  },
  'connection.required': {
    happened: 'The upstream needs an account of the user, and the client was told where to connect it.',
    missing: 'The call did not reach the upstream.',
    remedy: 'The user has to connect the account: at the link the client shows, or on /account.',
    end: 'failed',
  },
  'tool.denied': {
    happened: 'It called a tool that the policy refuses.',
    missing: 'The call did not reach the upstream.',
    remedy: 'Check the policy of the route, and the groups and scopes of the user.',
    end: 'failed',
  },
  'tool.called': { happened: 'It called its first tool.', end: 'complete' },
  'refresh.reuse_detected': {
    happened: 'A refresh token was reused too late, and everything issued from it was revoked.',
    missing: 'The tokens of the client no longer work.',
    remedy: 'Two copies of the client share one token, or it keeps an old one: sign in again in the client.',
    end: 'failed',
  },
  'grant.revoked': {
    happened: 'The access that the user had allowed was ended.',
    missing: 'The tokens of the client no longer work.',
    remedy: 'The reason says by whom. The user may sign in again in the client.',
    end: 'failed',
  },
  'token.refreshed': { happened: 'The client refreshed its tokens.', end: 'complete' },
}

/** What a step says to people, whatever its name. */
export function stageOf({ name }: Pick<TraceStep, 'name'>): TraceStage {
  return traceStages[name] ?? { happened: name }
}

/** Why it happened, as far as the step says: its stable code, then the words. Empty where it says neither. */
export function reasonOf({ reason, text }: Pick<TraceStep, 'reason' | 'text'>): string {
  return [reason, text].filter((part) => part !== undefined).join(': ')
}
