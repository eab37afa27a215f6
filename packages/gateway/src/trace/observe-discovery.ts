import type { RequestFacts } from '@portico/core'

import type { RegistrationAnswer } from './discovery-request.ts'
import type { FlowTraces } from './flow-traces.ts'

/** Notes what an answered request says about the way to an attempt. The response stays as it is. */
export function observeDiscovery(
  traces: FlowTraces,
  request: Request,
  path: string,
  facts: RequestFacts | undefined,
  response: Response,
): void {
  const { method } = request
  const isRegistration = method === 'POST' && path.endsWith('/register')
  if (!isRegistration && !path.includes('/.well-known/')) return
  traces.request({
    method,
    path,
    status: response.status,
    hasToken: false,
    userAgent: request.headers.get('user-agent') ?? undefined,
    clientAddress: facts?.clientAddress,
    ...(isRegistration && { readAnswer: () => answerOf(response.clone()) }),
  })
}

async function answerOf(response: Response): Promise<RegistrationAnswer> {
  const body: unknown = await response.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null) return {}
  const text = (name: string): string | undefined => {
    const value = (body as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value.slice(0, 500) : undefined
  }
  return { error: text('error'), description: text('error_description'), clientId: text('client_id') }
}
