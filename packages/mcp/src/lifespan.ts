/** How long an exchange may last. */
export interface Lifespan {
  readonly ms: number
  /** What it needs all the time; absent for an exchange too short to ask again. */
  readonly access?: StandingAccess | undefined
}

/** RS-19: what somebody has while they hold a stream open, and can lose. */
export interface StandingAccess {
  readonly everyMs: number
  /** A rejection says nothing: who cannot tell does not end streams. */
  readonly holds: () => Promise<boolean>
}

/** Asks again and again; `onLost` is called once. @returns what ends the asking */
export function watchAccess(access: StandingAccess | undefined, onLost: () => void): () => void {
  if (access === undefined) return () => undefined
  let isOver = false
  let isAsking = false
  const end = () => {
    isOver = true
    clearInterval(timer)
  }
  const see = (holds: boolean) => {
    if (holds || isOver) return
    end()
    onLost()
  }
  const ask = async () => {
    // One that waits for the storage is enough.
    if (isAsking) return
    isAsking = true
    const holds = await access.holds().catch(() => true)
    isAsking = false
    see(holds)
  }
  const timer = setInterval(() => void ask(), access.everyMs)
  return end
}
