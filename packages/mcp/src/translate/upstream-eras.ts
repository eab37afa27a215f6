import type { RequestContext, Translation } from '../request-context.ts'
import type { UpstreamEra } from '../upstream.ts'

/** What is known about the eras of one upstream. */
export interface UpstreamEras {
  /** Whether the upstream would not understand a message as it is. */
  isForeign(translation: Translation): boolean | Promise<boolean>
  /** The upstream has refused an `initialize` as a server of the modern era does; whether that is to be believed. */
  noteLegacyRefused(): boolean
}

/** Asks the upstream whether it is of the modern era; undefined when the answer says nothing. */
export type Probe = (context: RequestContext) => Promise<boolean | undefined>

/** A server may be upgraded at any time; a modern one stays modern. */
const modernForSeconds = 3_600
const legacyForSeconds = 600

interface Verdict {
  readonly value: boolean
  readonly until: number
}

/** PROXY-09: found by `server/discover`, remembered for a while, or fixed by the operator. */
export function createUpstreamEras(era: UpstreamEra, probe: Probe, now: () => number): UpstreamEras {
  let speaksModern: Verdict | undefined
  let refusesLegacy: Verdict | undefined
  let probing: Promise<boolean | undefined> | undefined

  const isFresh = (verdict: Verdict | undefined): verdict is Verdict =>
    verdict !== undefined && now() < verdict.until

  const findOut = async (context: RequestContext): Promise<boolean | undefined> => {
    probing ??= probe(context)
    try {
      const value = await probing
      if (value !== undefined) {
        speaksModern = { value, until: now() + (value ? modernForSeconds : legacyForSeconds) }
      }
      return value
    } finally {
      probing = undefined
    }
  }

  return {
    isForeign({ session, context }) {
      if (session !== undefined) return true
      if (context.era === 'modern') {
        if (era !== 'auto') return era === 'legacy'
        return isFresh(speaksModern) ? !speaksModern.value : findOut(context).then((value) => value === false)
      }
      // A session at the upstream proves that it speaks the session eras.
      if (context.sessionHandle !== undefined) return false
      return era === 'auto' ? isFresh(refusesLegacy) : era === 'modern'
    },
    noteLegacyRefused() {
      if (era !== 'auto') return false
      refusesLegacy = { value: true, until: now() + legacyForSeconds }
      return true
    },
  }
}
