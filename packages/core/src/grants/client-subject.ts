/** The subject of a client that acts for itself; no user has such a name (RFC 9068 §5). */
export function clientSubject(clientId: string): string {
  return `client:${clientId}`
}
