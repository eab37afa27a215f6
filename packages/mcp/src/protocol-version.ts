/** The revisions that this proxy knows, by era. */
export const modernVersions: readonly string[] = ['2026-07-28']
export const legacyVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']

export type Era = 'modern' | 'legacy'

const firstModern = '2026-07-28'
const revision = /^\d{4}-\d{2}-\d{2}$/

/** Whether a version belongs to the stateless era, known to us or not: revisions are dates. */
export const isModernVersion = (version: string): boolean => revision.test(version) && version >= firstModern

/** Reserved keys of `_meta` in the modern era. */
export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
} as const
