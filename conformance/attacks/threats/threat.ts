/** One line of the attack list: what an attacker does, who was hit by it, and what stands in the way here. */
export interface Threat {
  /** Section and number, as test titles cite it: `A01`. */
  readonly id: string
  /** Completes "An attacker …". */
  readonly attack: string
  /** Advisories, incidents, issues and specifications that the line comes from. */
  readonly sources: readonly string[]
  /** What stops it. */
  readonly defences: readonly Defence[]
}

/** One place in the sources that stops an attack. */
export interface Defence {
  /** Completes "The gateway …". */
  readonly does: string
  /** Relative to the root of the repository. */
  readonly file: string
  /** Takes the defence away: the tests that cite the threat must then fail. */
  readonly removal?: Removal
}

/** An edit of the file in which `text` stands exactly once. */
export interface Removal {
  readonly text: string
  readonly replacement: string
}

/** One section of the list. */
export interface ThreatSection {
  readonly letter: string
  readonly title: string
  readonly threats: readonly Threat[]
}
