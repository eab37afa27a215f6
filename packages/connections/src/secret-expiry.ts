/** Servers whose secrets never expire often leave out the 0 that says so (RFC 7591 §3.2.1). */
export async function withSecretExpiry(response: Response): Promise<Response> {
  const { status, headers } = response
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  if (status !== 201 || typeof body !== 'object' || body === null) return response
  return new Response(JSON.stringify({ client_secret_expires_at: 0, ...body }), { status, headers })
}
