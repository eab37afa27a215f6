import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

interface StoredPayload {
  readonly payload: AdapterPayload
  /** Milliseconds. */
  readonly expiresAt: number
}

/** Keeps what the provider stores in memory, apart for every provider, so that two of them know nothing of each other. */
export function createMemoryAdapter(): AdapterFactory {
  const models = new Map<string, Map<string, StoredPayload>>()

  return (name): Adapter => {
    const records = models.get(name) ?? new Map<string, StoredPayload>()
    models.set(name, records)

    function live(id: string): AdapterPayload | undefined {
      const record = records.get(id)
      if (record === undefined) return undefined
      if (record.expiresAt > Date.now()) return record.payload
      records.delete(id)
      return undefined
    }

    function findBy(member: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
      for (const [id, { payload }] of records) if (payload[member] === value) return live(id)
      return undefined
    }

    return {
      find: async (id) => live(id),
      findByUid: async (uid) => findBy('uid', uid),
      findByUserCode: async (userCode) => findBy('userCode', userCode),
      upsert: async (id, payload, expiresInSeconds = Infinity) => {
        records.set(id, { payload, expiresAt: Date.now() + expiresInSeconds * 1000 })
      },
      consume: async (id) => {
        const payload = live(id)
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => {
        records.delete(id)
      },
      revokeByGrantId: async (grantId) => {
        for (const members of models.values()) {
          for (const [id, { payload }] of members) if (payload.grantId === grantId) members.delete(id)
        }
      },
    }
  }
}
