import type { IdentityProvider } from '@portico/provider'
import { decodeJwt } from 'jose'

import type { Settings } from '../settings.ts'

/**
 * The configured provider whose issuer `token` names. Read before anything is proven, only to find the keys that prove it:
 * `checkIssuer` compares again.
 */
export function assertionIssuer({ providers }: Settings, token: string): IdentityProvider | undefined {
  const issuer = issuerOf(token)
  return issuer === undefined ? undefined : providers.find((provider) => mayIssue(provider, issuer))
}

function mayIssue({ oidc }: IdentityProvider, issuer: string): boolean {
  if (!oidc) return false
  if (!oidc.issuerTemplate) return issuer === oidc.issuer || (oidc.acceptedIssuers ?? []).includes(issuer)
  const { template, claim } = oidc.issuerTemplate
  const [before = '', after = ''] = template.split(`{${claim}}`)
  return issuer.startsWith(before) && issuer.endsWith(after)
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
