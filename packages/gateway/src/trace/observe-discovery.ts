import type { ApiAnswer, ApiHandler, ApiRequest, RequestFacts } from '@portico/core'

import type { RegistrationAnswer } from './discovery-request.ts'
import type { FlowTraces } from './flow-traces.ts'

/** The same handlers; those on the way to an attempt note what they answered. */
export function observedApi(
  api: ReadonlyMap<string, ApiHandler>,
  traces: FlowTraces | undefined,
): ReadonlyMap<string, ApiHandler> {
  if (!traces) return api
  return new Map([...api].map(([path, handle]) => [path, observed(path, handle, traces)]))
}

function observed(path: string, handle: ApiHandler, traces: FlowTraces): ApiHandler {
  if (!isOnTheWay('POST', path)) return handle
  const noted = (request: ApiRequest, answer: ApiAnswer): ApiAnswer => {
    const { method, clientAddress } = request
    traces.request({
      method,
      path,
      status: answer.status,
      hasToken: false,
      userAgent: request.header('user-agent'),
      clientAddress,
      readAnswer: isRegistration(method, path) ? async () => told(parsed(answer.body)) : undefined,
    })
    return answer
  }
  return (request) => {
    const answer = handle(request)
    return answer instanceof Promise
      ? answer.then((settled) => noted(request, settled))
      : noted(request, answer)
  }
}

/** Notes what any other answered request says about the way to an attempt. The response stays as it is. */
export function observeDiscovery(
  traces: FlowTraces,
  request: Request,
  path: string,
  facts: RequestFacts | undefined,
  response: Response,
): void {
  const { method } = request
  if (!isOnTheWay(method, path)) return
  const readAnswer = async (): Promise<RegistrationAnswer> =>
    told(
      await response
        .clone()
        .json()
        .catch(() => undefined),
    )
  traces.request({
    method,
    path,
    status: response.status,
    hasToken: false,
    userAgent: request.headers.get('user-agent') ?? undefined,
    clientAddress: facts?.clientAddress,
    readAnswer: isRegistration(method, path) ? readAnswer : undefined,
  })
}

const isOnTheWay = (method: string, path: string): boolean =>
  isRegistration(method, path) || path.includes('/.well-known/')

const isRegistration = (method: string, path: string): boolean =>
  method === 'POST' && path.endsWith('/register')

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function told(body: unknown): RegistrationAnswer {
  if (typeof body !== 'object' || body === null) return {}
  const text = (name: string): string | undefined => {
    const value = (body as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value.slice(0, 500) : undefined
  }
  return { error: text('error'), description: text('error_description'), clientId: text('client_id') }
}
