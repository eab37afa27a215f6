import type { Key } from './storage.ts'

/** For adapters: a key as the JSON text that `StoredRow` has it in. */
export function keyText([kind, id]: Key): string {
  return JSON.stringify([kind, id])
}
