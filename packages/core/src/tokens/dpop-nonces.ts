import type { Vault } from '../vault.ts'

/** Nonces of this server for DPoP proofs (RFC 9449 §8, §9): computed, never stored, and the same on all nodes. */
export interface DpopNonces {
  readonly current: () => string
  readonly isGood: (nonce: string) => boolean
}

export interface DpopNoncesOptions {
  readonly vault: Pick<Vault, 'mac' | 'verifyMac'>
  /** Unix seconds. */
  readonly now: () => number
  /** How long one nonce is handed out; it is good for as long again. */
  readonly ttlSeconds: number
}

/** A nonce is the mac of the period of time it belongs to: nobody else can make one, beforehand least of all. */
export function createDpopNonces({ vault, now, ttlSeconds }: DpopNoncesOptions): DpopNonces {
  const period = (offset: number): string => String(Math.floor(now() / ttlSeconds) + offset)
  return {
    current: () => vault.mac('dpop-nonce', period(0)),
    // The next one too: the clock of the node that handed it out may be ahead.
    isGood: (nonce) => [0, -1, 1].some((offset) => vault.verifyMac('dpop-nonce', period(offset), nonce)),
  }
}
