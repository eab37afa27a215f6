import type { Fetch } from '@portico/test-peers'
import { freePort, nodeFetch } from '@portico/test-peers/node'
import { createEmulator, type EmulatorOptions } from 'emulate'
import { onTestFinished } from 'vitest'

/** A provider that can only be had as a service, in a process of the test. */
export interface Emulation {
  readonly service: EmulatorOptions['service']
  /** Where the provider is for everybody else, and believes to be. */
  readonly address: string
  readonly seed: NonNullable<EmulatorOptions['seed']>
  /** Where the emulator answers at another path than the provider. */
  readonly pathOf?: (path: string) => string
}

/** Starts the emulator for the test that is running. What it answers is the way to it, whatever host was asked for. */
export async function startEmulator({
  service,
  address,
  seed,
  pathOf = (path) => path,
}: Emulation): Promise<Fetch> {
  const port = await freePort()
  const emulator = await createEmulator({ service, port, baseUrl: address, seed })
  onTestFinished(() => emulator.close())
  return (request) => {
    const { pathname, search } = new URL(request.url)
    const copy = new Request(`http://127.0.0.1:${port}${pathOf(pathname)}${search}`, request)
    copy.headers.delete('host')
    return nodeFetch(copy)
  }
}
