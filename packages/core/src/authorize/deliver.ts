import { classifyRedirectUri } from '../clients/redirect-uri.ts'
import type { Context } from '../context.ts'
import { portrayClient } from '../pages/client-portrait.ts'
import { finishPage } from '../pages/finish-page.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { pageResponse, seeOther } from '../pages/page-response.ts'
import type { ClientRecord } from '../records.ts'
import { type Outcome, outcomeUrl } from './outcome.ts'

/** An outcome, and the attempt it belongs to. */
export interface Delivery {
  readonly outcome: Outcome
  readonly client: ClientRecord
  readonly traceId: string
  /** The page is looked at again: the browser stays, and leaves by a click only. */
  readonly again?: boolean
}

/** Whether the browser can take the outcome to the client by a redirect. */
function isRedirect({ registration }: Context['settings'], outcome: Outcome): boolean {
  return (
    outcome.automatic &&
    outcome.responseMode === 'query' &&
    classifyRedirectUri(outcome.redirectUri, registration.privateUseSchemes) !== 'private-use'
  )
}

/** Takes the browser back to the client, or shows the page from which it gets there. */
export async function deliver(
  { settings }: Context,
  request: Request,
  { outcome, client, traceId, again = false }: Delivery,
): Promise<Response> {
  const { theme } = settings
  if (isRedirect(settings, outcome) && !again) return seeOther(theme, outcomeUrl(outcome))
  const frame = pageFrame(settings, request)
  const portrait = portrayClient(settings, client, outcome.redirectUri, frame.translator)
  const openApp = outcome.automatic && outcome.responseMode === 'query' && portrait.kind === 'private-use'
  return pageResponse(
    theme,
    finishPage(frame, { outcome, client: portrait, openApp: openApp && !again, traceId }),
    { status: outcome.kind === 'failed' ? 400 : 200 },
  )
}
