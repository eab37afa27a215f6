import type { AuthorizationServer, RequestFacts } from '@portico/core'

import type { WrongTokens } from './wrong-tokens.ts'

/** What came of a token that somebody showed. */
export type ShownToken = 'right' | 'wrong' | { readonly waitSeconds: number }

/** Compares what is shown with the admin token, and counts and records what is wrong. */
export type CheckToken = (shown: string | undefined, facts: RequestFacts) => ShownToken

export function tokenCheck(server: AuthorizationServer, token: string, wrongTokens: WrongTokens): CheckToken {
  const { vault } = server.context
  const expected = vault.mac('admin-token', token)
  return (shown, facts) => {
    const { clientAddress } = facts
    const waitSeconds = wrongTokens.wait(clientAddress)
    if (waitSeconds > 0) return { waitSeconds }
    // Both as codes of the same length, so that the comparison tells nothing.
    if (shown !== undefined && vault.verifyMac('admin-token', shown, expected)) return 'right'
    // Nothing was guessed.
    if (shown === undefined) return 'wrong'
    const { emit } = server.forRequest(facts).context
    const detail = { source: clientAddress }
    emit({ name: 'admin.refused', outcome: 'denied', reason: 'token_wrong', detail })
    if (wrongTokens.note(clientAddress)) {
      emit({ name: 'rate_limit.exceeded', outcome: 'denied', reason: 'admin_token', detail })
    }
    return 'wrong'
  }
}
