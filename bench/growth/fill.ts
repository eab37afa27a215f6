import type { JsonValue, Stored } from '@portico/storage'

import type { GrowingDeployment } from './deployment.ts'

/** Copies that are written at once. */
const batch = 1000
/** Clients that register and are granted at once. */
const clientsAtOnce = 50

/** Brings the storage from so many clients with one grant each to so many, all of them by the gateway itself. */
export async function grantAll(deployment: GrowingDeployment, from: number, count: number): Promise<void> {
  for (let granted = from; granted < count; granted += clientsAtOnce) {
    await Promise.all(
      Array.from({ length: Math.min(clientsAtOnce, count - granted) }, () => grantOne(deployment)),
    )
  }
}

async function grantOne({ register, grant }: GrowingDeployment): Promise<string> {
  const clientId = await register()
  await grant(clientId, `user-of-${clientId}`)
  return clientId
}

/**
 * Brings the storage from so many clients with one grant each to so many. One client is registered and granted by the
 * gateway itself; the others are copies of its records under ids of their own, which takes seconds instead of minutes.
 */
export async function fill(deployment: GrowingDeployment, from: number, count: number): Promise<void> {
  const { storage } = deployment
  const clientId = await grantOne(deployment)
  const [grant] = await storage.list(`subject:user-of-${clientId}`)
  if (!grant) throw new Error('the grant is not listed under its user')
  const tokens = await storage.list(`grant:${grant.key[1]}`)
  const client = await storage.get(['client', clientId])
  const originals = [client, grant, ...tokens].filter((stored) => stored !== undefined)

  let filled = from + 1
  while (filled < count) {
    const copies = Array.from({ length: Math.min(batch, count - filled) }, () => crypto.randomUUID())
    await Promise.all(
      copies.flatMap((id) => originals.map((stored) => copy(deployment, stored, clientId, grant, id))),
    )
    filled += copies.length
  }
}

/** The records of another client of another user: every id in it is replaced. */
async function copy(
  { storage }: GrowingDeployment,
  stored: Stored,
  clientId: string,
  grant: Stored,
  id: string,
): Promise<void> {
  const renamed = (text: string): string =>
    text.replaceAll(clientId, `c-${id}`).replaceAll(grant.key[1], `g-${id}`)
  const { key, value, group, expiresAt } = stored
  const [kind, own] = key
  await storage.set([kind, renamed(own) === own ? `${kind}-${id}` : renamed(own)], {
    value: JSON.parse(renamed(JSON.stringify(value))) as JsonValue,
    group: group === undefined ? undefined : renamed(group),
    expiresAt,
  })
}
