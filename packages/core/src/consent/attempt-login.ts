import type { IdentityProvider } from '@portico/provider'

import type { Attempt } from '../authorize/transaction.ts'
import type { Context } from '../context.ts'
import { startLogin } from '../login/start-login.ts'
import { seeOther } from '../pages/page-response.ts'

/** Sends the browser to the provider, with what the client wished for (IDP-12). */
export async function attemptLogin(
  context: Context,
  { id, transaction }: Attempt,
  provider: IdentityProvider,
  choice: { readonly anotherAccount: boolean; readonly email?: string | undefined },
): Promise<Response> {
  const { prompt, maxAge, loginHint, acrValues } = transaction.request
  const url = await startLogin(context, provider, {
    browser: id,
    purpose: { transaction: id },
    traceId: transaction.traceId,
    fresh: prompt.includes('login'),
    selectAccount: choice.anotherAccount || prompt.includes('select_account'),
    maxAge,
    loginHint: choice.anotherAccount ? undefined : (choice.email ?? loginHint),
    acrValues,
  })
  return seeOther(context.settings.theme, url)
}
