import { redirectsAndRegistration } from './a-redirects-and-registration.ts'
import type { ThreatSection } from './threat.ts'

/** The whole attack list, in order. */
export const threatSections: readonly ThreatSection[] = [redirectsAndRegistration]
