import { describe, onTestFinished } from 'vitest'

import type { AttackedHost } from './hosts/attacked-host.ts'
import { nodeHost } from './hosts/node-host.ts'
import { portableHost } from './hosts/portable-host.ts'
import { type RemoteHost, remoteHost } from './hosts/remote-host.ts'
import { memory, type OpenStorage, storages } from './storages.ts'
import { openTarget, type Target, type TargetOptions } from './target.ts'

/** Opens a gateway that is closed when the test is over. */
export type Open = (options?: TargetOptions) => Promise<Target>

type Setting = readonly [name: string, openStorage: OpenStorage, host: AttackedHost]

const { PORTICO_ATTACK_HOST: remote } = process.env

/**
 * What keeps the records does not depend on the host, nor the host on that: one is tried with all of the other, or, as
 * `pnpm conformance` asks for, the host of another runtime alone.
 */
const settings: readonly Setting[] =
  remote === undefined
    ? [...storages.map(([name, open]): Setting => [name, open, portableHost]), onMemory(nodeHost)]
    : [onMemory(remoteHost(JSON.parse(remote) as RemoteHost))]

function onMemory(host: AttackedHost): Setting {
  return [`memory${host.name}`, memory, host]
}

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
