import type { ConnectionState } from '@portico/connections'

import { json, refuse } from '../json-answers.ts'
import { disconnect } from './admin-actions.ts'
import type { AdminEndpoint } from './admin-api.ts'
import type { AdminContext } from './admin-context.ts'

/** An account of everybody, and where somebody of its `adminGroups` connects it. */
export interface SharedState extends ConnectionState {
  readonly connectUrl: string
}

/** The accounts that an administrator connects for everybody. */
export async function sharedStates({ server, connections }: AdminContext): Promise<readonly SharedState[]> {
  if (!connections) return []
  const shared = [...connections.upstreams.values()].filter(({ authMode }) => authMode === 'shared-oauth')
  // Whoever asks: it is the same account.
  const states = await connections.states(
    '',
    shared.map(({ id }) => id),
  )
  return states.map((state) => ({
    ...state,
    connectUrl: `${server.issuer}/auth/connections/${state.upstream}/connect`,
  }))
}

export const connections: AdminEndpoint = {
  method: 'GET',
  path: '/connections',
  answer: async (context) => json(200, { connections: await sharedStates(context) }),
}

/** Disconnects an account that everybody uses. */
export const connection: AdminEndpoint = {
  method: 'DELETE',
  path: '/connections/:upstream',
  async answer(context, { parameter }) {
    const done = await disconnect(context, parameter('upstream'))
    return done ? json(200, done) : refuse(404, 'not_found', 'No such shared account is connected.')
  },
}
