import { describe, onTestFinished } from 'vitest'

import type { GatewayHost } from './hosts/gateway-host.ts'
import { nodeHost } from './hosts/node-host.ts'
import { portableHost } from './hosts/portable-host.ts'
import { memory, type OpenStorage, storages } from './storages.ts'
import { openTarget, type Target, type TargetOptions } from './target.ts'

/** Opens a gateway that is closed when the test is over. */
export type Open = (options?: TargetOptions) => Promise<Target>

/** What keeps the records does not depend on the host, nor the host on that: one is tried with all of the other. */
const settings: readonly (readonly [name: string, openStorage: OpenStorage, host: GatewayHost])[] = [
  ...storages.map(([name, open]) => [name, open, portableHost] as const),
  [`memory${nodeHost.name}`, memory, nodeHost],
]

/**
 * One section of the attack list, against a gateway on every storage and on every host.
 *
 * @param needs `socket` leaves out the hosts that do not listen by themselves
 */
export function describeAttacks(
  section: string,
  attacks: (open: Open) => void,
  { needs }: { readonly needs?: 'socket' } = {},
): void {
  const chosen = settings.filter(([, , host]) => needs === undefined || host.listens)
  describe.each(chosen)(`${section}, on %s`, (_name, openStorage, host) => {
    attacks(async (options) => {
      const { target, close } = await openTarget(openStorage, options, host)
      onTestFinished(close)
      return target
    })
  })
}
