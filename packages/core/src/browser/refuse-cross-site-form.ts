import type { Settings } from '../settings.ts'
import { PageProblem } from './page-problem.ts'

/**
 * Whether another site sent this. `Origin: null` says nothing: with `Referrer-Policy: no-referrer` browsers send it even
 * from our own pages.
 */
export function isCrossSite({ publicUrl }: Pick<Settings, 'publicUrl'>, request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const foreignSite = site !== null && site !== 'same-origin' && site !== 'none'
  const foreignOrigin = origin !== null && origin !== 'null' && origin !== publicUrl
  return foreignSite || foreignOrigin
}

/** Refuses a form that another site posted here, before its CSRF token is looked at. */
export function refuseCrossSiteForm(settings: Pick<Settings, 'publicUrl'>, request: Request): void {
  if (isCrossSite(settings, request)) throw new PageProblem('cross_site_form')
}
