import { localPath } from '../browser/local-path.ts'
import { PageProblem } from '../browser/page-problem.ts'
import type { Endpoint } from '../endpoint.ts'
import { beginSignIn } from '../login/begin-sign-in.ts'

/** Answers the chooser of a login that no MCP client asked for. It only ever sends browsers to configured providers. */
export const login: Endpoint = async (c, context) => {
  const request = c.req.raw
  const parameters = new URL(request.url).searchParams
  const returnTo = localPath(context.settings, parameters.get('return_to') ?? '/')
  if (returnTo === undefined) {
    throw new PageProblem('invalid_request', { detail: 'return_to must be a path on this server.' })
  }
  return beginSignIn(context, request, returnTo, {
    provider: parameters.get('provider') ?? undefined,
    email: parameters.get('email') || undefined,
    anotherAccount: parameters.get('switch') === '1',
  })
}
