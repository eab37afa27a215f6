/** Where this machine reaches a port of its own, as browsers write it: without the port that http has anyway. */
export function localOrigin(port: number): string {
  return new URL(`http://localhost:${port}`).origin
}
