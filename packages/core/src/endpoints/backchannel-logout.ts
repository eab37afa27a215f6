import { emptyAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import { lastSegment } from '../api/api-request.ts'
import { readForm } from '../api/read-body.ts'
import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { endProviderSessions } from '../login/provider-sessions.ts'
import { type LogoutNotice, verifyLogoutToken } from '../login/verify-logout-token.ts'
import { OAuthError, UpstreamError } from '../oauth-error.ts'
import { records } from '../records.ts'

/**
 * `POST /backchannel-logout/{provider}` (OpenID Connect Back-Channel Logout 1.0 §2.5): a provider says that a session or
 * all sessions of a user are over.
 */
export const backchannelLogout: ApiEndpoint = async (request, context) => {
  const id = lastSegment(request.path)
  const provider = context.settings.providers.find((each) => each.id === id)
  if (!provider?.oidc) {
    throw new OAuthError('invalid_request', 'No OpenID provider is called that here.', { status: 404 })
  }
  const token = (await readForm(request)).get('logout_token')
  if (token === undefined) throw new OAuthError('invalid_request', 'logout_token is missing.')
  const { emit } = context
  let notice: LogoutNotice
  try {
    notice = await verifyLogoutToken(context, provider, provider.oidc, token)
  } catch (cause) {
    if (!(cause instanceof UpstreamError)) throw cause
    emit({
      name: 'logout.refused',
      outcome: 'denied',
      reason: cause.code,
      cause,
      detail: { provider: provider.id, problem: cause.message },
    })
    throw new OAuthError('invalid_request', 'The logout token is not valid.', { cause })
  }
  await once(context, [provider.id, notice.issuer, notice.jti], notice.expiresAt, () =>
    endProviderSessions(context, provider, notice),
  )
  return emptyAnswer(200)
}

/**
 * Remembered only when the work is done, so that a provider that tries again after a failure is heard; two at the same
 * moment do the same work twice.
 */
async function once(
  { storage, now }: Context,
  name: readonly string[],
  expiresAt: number,
  work: () => Promise<void>,
): Promise<void> {
  const used = records(storage, 'assertion')
  const id = sha256Text(JSON.stringify(['logout', ...name]))
  if (await used.get(id)) throw new OAuthError('invalid_request', 'The logout token was used before.')
  await work()
  await used.set(id, { usedAt: now() }, { expiresAt: expiresAt + 1 })
}
