import type { Caller } from './caller.ts'
import type { StateSigner } from './request-states.ts'

/**
 * Ties the tasks of an upstream to user and client (PROXY-17): the handle is all that the client sees of a task's id, and
 * nobody else's opens it. It matters most where several users share one account at the upstream.
 */
export interface TaskBinding {
  /** The handle for a task of `caller`; the same every time, because clients compare the ids they get. */
  bind(taskId: string, caller: Caller): string
  /** The upstream's own id; undefined when the handle is forged, of another user or client, or no handle at all. */
  open(handle: string, caller: Caller): string | undefined
}

/** Options of {@link signedTasks}. */
export interface SignedTasksOptions {
  /** The endpoint's URL: a task cannot be reached over another one. */
  readonly route: string
  /** What made the task, e.g. the upstream's URL: nothing else is ever asked about it. */
  readonly upstream: string
}

/** Tasks without a store: the upstream's id, which stays readable, is prefixed with a signature. The upstream decides when they end. */
export function signedTasks(signer: StateSigner, { route, upstream }: SignedTasksOptions): TaskBinding {
  const signed = (taskId: string, { subject, clientId }: Caller) =>
    JSON.stringify(['mcp-task', route, upstream, subject, clientId, taskId])
  return {
    bind: (taskId, caller) => `${signer.mac(signed(taskId, caller))}.${taskId}`,
    open(handle, caller) {
      const end = handle.indexOf('.')
      const taskId = handle.slice(end + 1)
      return end > 0 && signer.verifyMac(signed(taskId, caller), handle.slice(0, end)) ? taskId : undefined
    },
  }
}
