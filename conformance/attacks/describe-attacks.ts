import { describe, onTestFinished } from 'vitest'

import { storages } from './storages.ts'
import { openTarget, type Target, type TargetOptions } from './target.ts'

/** Opens a gateway that is closed when the test is over. */
export type Open = (options?: TargetOptions) => Promise<Target>

/** One section of the attack list, against a gateway on every storage. */
export function describeAttacks(section: string, attacks: (open: Open) => void): void {
  describe.each(storages)(`${section}, on %s`, (_name, openStorage) => {
    attacks(async (options) => {
      const { target, close } = await openTarget(openStorage, options)
      onTestFinished(close)
      return target
    })
  })
}
