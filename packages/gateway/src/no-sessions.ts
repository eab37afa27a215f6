import type { SessionBinding } from '@portico/mcp'

/** For proxies that are used only in the modern era, which has no sessions. */
export const noSessions: SessionBinding = {
  bind: () => Promise.reject(new Error('nobody here needs a session')),
  open: () => Promise.resolve(undefined),
}
