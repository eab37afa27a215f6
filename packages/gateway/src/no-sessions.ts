import type { SessionBinding } from '@portico/mcp'

/** For proxies that are asked in the modern era alone, which has no sessions. */
export const noSessions: SessionBinding = {
  bind: () => Promise.reject(new Error('nobody here needs a session')),
  open: () => Promise.resolve(undefined),
}
