import type { AuthorizationServer } from '@portico/core'

/** `GET /readyz`: the storage answers and the keys open. Without them a gateway can say no to everything, and nothing else. */
export async function readiness(server: AuthorizationServer, isClosing: boolean): Promise<Response> {
  if (isClosing) return answer(503, 'closing')
  try {
    await server.ready()
    return answer(200, 'ready')
  } catch (error) {
    const isKey = error instanceof Error && error.name === 'SealError'
    return answer(503, isKey ? 'keys unavailable' : 'storage unavailable')
  }
}

function answer(httpStatus: number, status: string): Response {
  return Response.json({ status }, { status: httpStatus, headers: { 'cache-control': 'no-store' } })
}
