import { z } from 'zod'

/** Proof Key for Code Exchange towards the provider (RFC 7636); on unless it is switched off. */
export function pkce() {
  return z
    .enum(['S256', 'none'])
    .optional()
    .meta({ description: 'Proof Key for Code Exchange towards the provider; default `S256`.' })
}
