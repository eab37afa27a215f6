import type { ConnectionState } from '@portico/connections'

import { disconnect } from './admin-actions.ts'
import { json, refuse } from './admin-answers.ts'
import type { AdminEndpoint } from './admin-api.ts'
import type { AdminContext } from './admin-context.ts'

/** The accounts that an administrator connects for everybody. */
export async function sharedStates({ connections }: AdminContext): Promise<readonly ConnectionState[]> {
  if (!connections) return []
  const shared = [...connections.upstreams.values()].filter(({ authMode }) => authMode === 'shared-oauth')
  // Whoever asks: it is the same account.
  return connections.states(
    '',
    shared.map(({ id }) => id),
  )
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
    return done ? json(200, done) : refuse(404, 'not_found', 'No such account is connected for everybody.')
  },
}
