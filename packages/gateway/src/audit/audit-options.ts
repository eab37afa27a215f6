/** Where audit records go, and what of tool calls is in them. */
export interface AuditOptions {
  /**
   * Appends complete lines, each with its line break, where nobody can take them away again; records that could not be
   * written are offered again. `portico audit verify` reads them.
   */
  readonly write: (lines: string) => void | Promise<void>
  /** The arguments of tool calls: left out by default, or with everything that looks like a secret removed. */
  readonly arguments?: 'off' | 'redacted' | undefined
  /** Names of further arguments whose values are never written, e.g. `diagnosis`; upper and lower case are the same. */
  readonly redact?: readonly string[] | undefined
}
