import type { JsonValue } from '@portico/storage'

export type SigningKeyRecord = {
  kid: string
  /** 1, 2, …: also the record's id, so that two nodes cannot create the same generation. */
  generation: number
  algorithm: string
  publicJwk: { [member: string]: JsonValue }
  /** Sealed private JWK. */
  privateJwk: string
  createdAt: number
  /** From then on it signs; it is published before. */
  activeAt: number
}
