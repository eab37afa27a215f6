/** What the operator thinks of the hosts that client documents come from (CIMD-23). */
export type DocumentTrust = 'allow' | 'warn' | 'deny'

/** By host, e.g. `claude.ai` or `*.example.com`; and for all others. */
export interface DocumentPolicy {
  readonly hosts: ReadonlyMap<string, DocumentTrust>
  readonly others: DocumentTrust
}

/** What holds for the document at `clientId`: the exact host before the longest wildcard before all others. */
export function documentTrust({ hosts, others }: DocumentPolicy, clientId: string): DocumentTrust {
  const { host, hostname } = new URL(clientId)
  const exact = hosts.get(host) ?? hosts.get(hostname)
  if (exact !== undefined) return exact
  const labels = hostname.split('.')
  for (let start = 1; start < labels.length; start += 1) {
    const found = hosts.get(`*.${labels.slice(start).join('.')}`)
    if (found !== undefined) return found
  }
  return others
}
