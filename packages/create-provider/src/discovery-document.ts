import type { SafeFetch } from '@portico/safe-fetch'
import { z } from 'zod'

const documentSchema = z.looseObject({
  issuer: z.string(),
  jwks_uri: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
})

/** What the provider publishes about itself (OpenID Connect Discovery §3). */
export interface DiscoveryDocument {
  /** Where it was read. */
  readonly source: string
  readonly document: z.output<typeof documentSchema>
}

/** Fetches the discovery document of an issuer; tells in words why there is none. */
export async function fetchDiscoveryDocument(
  issuer: string,
  fetch: SafeFetch,
): Promise<DiscoveryDocument | string> {
  const source = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  let body: unknown
  try {
    const response = await fetch(source, { headers: { accept: 'application/json' } })
    if (response.status !== 200) return `${source} answered ${response.status}`
    body = await response.json()
  } catch {
    return `${source} cannot be read from here`
  }
  const { success, data } = documentSchema.safeParse(body)
  if (!success) return `${source} is not a discovery document`
  return data.issuer === issuer
    ? { source, document: data }
    : `${source} names another issuer, ${JSON.stringify(data.issuer)}: start again with that one`
}
