import type { RequestFacts } from '@portico/core'

import type { DiscoveryRequest } from './discovery-request.ts'
import type { FlowTraces } from './flow-traces.ts'

/** Notes what an answered request says about the way to an attempt. The response stays as it is. */
export async function observeDiscovery(
  traces: FlowTraces,
  request: Request,
  facts: RequestFacts | undefined,
  response: Response,
): Promise<void> {
  const { pathname: path } = new URL(request.url)
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
    ...(isRegistration && { answer: await answerOf(response) }),
  })
}

async function answerOf(response: Response): Promise<NonNullable<DiscoveryRequest['answer']>> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  if (typeof body !== 'object' || body === null) return {}
  const text = (name: string): string | undefined => {
    const value = (body as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value.slice(0, 500) : undefined
  }
  const [error, description, clientId] = [text('error'), text('error_description'), text('client_id')]
  return {
    ...(error !== undefined && { error }),
    ...(description !== undefined && { description }),
    ...(clientId !== undefined && { clientId }),
  }
}
