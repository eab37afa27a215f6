import type { Settings } from '../context.ts'
import { PageProblem } from './page-problem.ts'

/**
 * Refuses a form that another site posted here, before its CSRF token is looked at. `Origin: null` says nothing: with
 * `Referrer-Policy: no-referrer` browsers send it even from our own pages.
 */
export function refuseCrossSiteForm({ publicUrl }: Pick<Settings, 'publicUrl'>, request: Request): void {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const foreignSite = site !== null && site !== 'same-origin' && site !== 'none'
  const foreignOrigin = origin !== null && origin !== 'null' && origin !== publicUrl
  if (foreignSite || foreignOrigin) throw new PageProblem('cross_site_form')
}
