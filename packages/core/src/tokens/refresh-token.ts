import { equalInConstantTime } from '../digest.ts'
import { hmacText } from '../hmac.ts'

/** A refresh token taken apart: which grant's chain, and which link of it. */
export interface RefreshTokenParts {
  /** Random, and as secret as the token: the storage knows its hash. */
  readonly chainId: string
  readonly generation: number
}

const prefix = 'rt_'

/**
 * The token of one generation. It is computed, not drawn: whoever rotates the same token, and however often, gets the same
 * successor (AS-65, AS-66).
 */
export function refreshToken(key: Uint8Array, { chainId, generation }: RefreshTokenParts): string {
  const body = `${chainId}.${generation}`
  return `${prefix}${body}.${hmacText(key, body)}`
}

/** Takes apart a token made with `key`; `undefined` for anything else. */
export function readRefreshToken(key: Uint8Array, token: string): RefreshTokenParts | undefined {
  const [, chainId, generation, mac] = /^rt_([\w-]{16,128})\.(0|[1-9]\d{0,8})\.([\w-]{43})$/.exec(token) ?? []
  if (chainId === undefined || generation === undefined || mac === undefined) return undefined
  if (!equalInConstantTime(hmacText(key, `${chainId}.${generation}`), mac)) return undefined
  return { chainId, generation: Number(generation) }
}
