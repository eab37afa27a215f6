import { listSigningKeys } from '@portico/core'
import type { Storage } from '@portico/storage'

import { fetchDocument, isMissing } from './fetch-document.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import type { RunningGateway } from './running-gateway.ts'

export interface StorageUnderTest {
  readonly storage: Storage
  /** For people. */
  readonly place: string
  readonly randomToken: () => string
  /** Unix seconds. */
  readonly now: () => number
}

/** Whether records are kept, and given back once: what every code and token relies on. */
export async function checkStorage({ storage, place, randomToken, now }: StorageUnderTest): Promise<Finding> {
  const key = ['doctor', randomToken()] as const
  const value = randomToken()
  try {
    const isWritten = await storage.set(key, { value, expiresAt: now() + 60 }, 'absent')
    const taken = await storage.take(key)
    const again = await storage.take(key)
    if (isWritten && taken?.value === value && again === undefined)
      return ok('storage', `${place} stores records.`)
    if (isWritten && taken === undefined) {
      return problem(
        'storage',
        `${place} does not return what was just written.`,
        'Its clock may be ahead of this machine (synchronize both), it may evict records (Redis: maxmemory-policy noeviction), or reads go to a replica.',
      )
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return problem(
      'storage',
      `${place} does not store records: ${why}.`,
      'Check that it is running, that this user may write to it, and that the disk is not full.',
    )
  }
  return problem(
    'storage',
    `${place} returns a record twice that may be taken only once.`,
    'Use one primary, and no cache in front of it.',
  )
}

/** Asked this often, so that a load balancer has sent us to more than one gateway. */
const rounds = 8

/** All gateways behind the public URL must have the storage of this one: their published keys tell. */
export async function checkSharedStorage(
  { publicUrl, fetch }: Pick<RunningGateway, 'publicUrl' | 'fetch'>,
  storage: Storage | undefined,
): Promise<Finding> {
  const seen = new Set<string>()
  for (let round = 0; round < rounds; round += 1) {
    const document = await fetchDocument(`${publicUrl}/.well-known/jwks.json`, fetch)
    if (isMissing(document)) {
      return problem(
        'shared_storage',
        `${publicUrl}/.well-known/jwks.json ${document.why}.`,
        'Check /readyz: without storage and keys nothing can be issued or verified.',
      )
    }
    seen.add(kidsOf(document.members).toSorted().join(' '))
  }
  const rings = [...seen].map((kids) => new Set(kids.split(' ')))
  const [first = new Set<string>(), ...others] = rings
  if (others.some((ring) => ![...ring].some((kid) => first.has(kid)))) {
    return problem(
      'shared_storage',
      `${seen.size} gateways with different keys answer at ${publicUrl}: each refuses what another issued.`,
      'Give all of them the same PORTICO_STORAGE (postgres:// or redis://; SQLite is for one machine) and PORTICO_KEYS.',
    )
  }
  const own = storage && (await listSigningKeys(storage)).map(({ kid }) => kid)
  if (own !== undefined && !own.some((kid) => first.has(kid))) {
    return warning(
      'shared_storage',
      `The gateway at ${publicUrl} uses a different storage than the one checked here.`,
      'Run doctor with the settings of the gateway (PORTICO_STORAGE), in its working directory.',
    )
  }
  return ok('shared_storage', `All responses of ${publicUrl} come from the same storage.`)
}

function kidsOf({ keys }: Readonly<Record<string, unknown>>): readonly string[] {
  if (!Array.isArray(keys)) return []
  return keys.flatMap((key: unknown) =>
    typeof key === 'object' && key !== null && 'kid' in key && typeof key.kid === 'string' ? [key.kid] : [],
  )
}
