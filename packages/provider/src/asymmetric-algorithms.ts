/** Every asymmetric signature algorithm of RFC 7518 and RFC 8037: which of them signs is for a provider's keys to say. */
export const asymmetricAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const
