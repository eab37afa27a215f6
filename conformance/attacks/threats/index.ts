import { redirectsAndRegistration } from './a-redirects-and-registration.ts'
import { codesAndPkce } from './b-codes-and-pkce.ts'
import { refreshAndRevocation } from './c-refresh-and-revocation.ts'
import { audienceScopesAndTokenKinds } from './d-audience-scopes-and-token-kinds.ts'
import { consentSessionsAndBrowser } from './e-consent-sessions-and-browser.ts'
import { serverSideRequests } from './f-server-side-requests.ts'
import { upstreamCredentials } from './g-upstream-credentials.ts'
import { mcpEndpoint } from './h-mcp-endpoint.ts'
import { machinesAndAssertions } from './i-machines-and-assertions.ts'
import { operations } from './j-operations.ts'
import type { ThreatSection } from './threat.ts'

/** The whole attack list, in order. */
export const threatSections: readonly ThreatSection[] = [
  redirectsAndRegistration,
  codesAndPkce,
  refreshAndRevocation,
  audienceScopesAndTokenKinds,
  consentSessionsAndBrowser,
  serverSideRequests,
  upstreamCredentials,
  mcpEndpoint,
  machinesAndAssertions,
  operations,
]
