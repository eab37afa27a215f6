import type { Condition, StoredRow } from '@portico/storage'

/** A call of the storage, as the Worker sends it to the object. Keys, groups and values are JSON text. */
export type VerbCall = { readonly now: number } & (
  | { readonly verb: 'get' | 'take' | 'delete'; readonly key: string }
  | { readonly verb: 'list' | 'deleteGroup'; readonly group: string }
  | {
      readonly verb: 'set'
      readonly key: string
      readonly value: string
      readonly group: string | null
      readonly expiresAt: number | null
      readonly when: Condition | null
    }
)

/** What the object answers: the rows that a verb returns, or for `set` one row if it wrote. */
export type VerbAnswer = readonly StoredRow[]
