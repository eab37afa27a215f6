/** A request that a program makes before there is an authorization attempt, and how it was answered. */
export interface DiscoveryRequest {
  readonly method: string
  readonly path: string
  readonly status: number
  /** It came with a token, which was refused. */
  readonly hasToken: boolean
  readonly userAgent: string | undefined
  readonly clientAddress: string | undefined
  /** Reads the answer to a registration; called at once, and only where it is wanted. */
  readonly readAnswer?: (() => Promise<RegistrationAnswer>) | undefined
}

/** Of an answer that is JSON of our own: `error`, `error_description` and `client_id`. */
export interface RegistrationAnswer {
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly clientId?: string | undefined
}

/** What such a request is in a trace. */
export interface DiscoveryStep {
  readonly name: string
  readonly outcome: 'success' | 'denied' | 'failure'
  readonly route?: string | undefined
  readonly clientId?: string | undefined
  readonly reason?: string | undefined
  readonly text?: string | undefined
}

const resourceMetadata = '/.well-known/oauth-protected-resource'
const serverMetadata = /\/\.well-known\/(?:oauth-authorization-server|openid-configuration)(?=\/|$)/

/** Recognises a step; `undefined` for every request that tells nothing. */
export function discoveryStep(
  request: DiscoveryRequest,
  isRoute: (path: string) => boolean,
): DiscoveryStep | undefined {
  const { method, path, status, hasToken } = request
  const route = path.replace(/\/$/, '')
  if (isRoute(route)) {
    if (status !== 401) return undefined
    return hasToken
      ? { name: 'token.rejected', outcome: 'denied', route, reason: 'invalid_token' }
      : { name: 'challenge.sent', outcome: 'success', route }
  }
  const outcome = status < 400 ? 'success' : 'denied'
  if (path.startsWith(resourceMetadata)) {
    const of = path.slice(resourceMetadata.length)
    return {
      name: 'resource_metadata.read',
      outcome,
      route: known(of, isRoute),
      text: answered(path, status),
    }
  }
  if (serverMetadata.test(path)) {
    const of = path.replace(serverMetadata, '')
    return { name: 'server_metadata.read', outcome, route: known(of, isRoute), text: answered(path, status) }
  }
  if (method === 'POST' && path.endsWith('/register')) {
    return { name: outcome === 'success' ? 'registration.answered' : 'registration.refused', outcome }
  }
  return undefined
}

function known(path: string, isRoute: (path: string) => boolean): string | undefined {
  const route = path.replace(/\/$/, '')
  return isRoute(route) ? route : undefined
}

function answered(path: string, status: number): string | undefined {
  return status < 400 ? undefined : `${path.slice(0, 200)} answered ${status}`
}

/** The step with what the answer says. */
export function answeredStep(step: DiscoveryStep, answer: RegistrationAnswer): DiscoveryStep {
  return step.outcome === 'success'
    ? { ...step, clientId: answer.clientId }
    : { ...step, reason: answer.error, text: answer.description }
}
