import { PageProblem } from '../../browser/page-problem.ts'
import { findClient } from '../../clients/find-client.ts'
import type { ClientRecord } from '../../records.ts'
import type { Arrival } from '../check.ts'

/** AS-21, COMPAT-05: a client nobody knows gets a page that says how to reconnect. */
export async function knownClient({ context, parameters }: Arrival): Promise<{ client: ClientRecord }> {
  const clientId = parameters.get('client_id')
  if (clientId === undefined || parameters.isRepeated('client_id')) {
    throw new PageProblem('invalid_request', {
      detail: `client_id ${clientId === undefined ? 'is missing' : 'is repeated'}.`,
    })
  }
  const client = await findClient(context, clientId)
  if (!client) {
    // CIMD-16: whatever is wrong with a document looks the same from outside.
    throw new PageProblem(clientId.startsWith('https://') ? 'client_unavailable' : 'unknown_client')
  }
  return { client }
}
