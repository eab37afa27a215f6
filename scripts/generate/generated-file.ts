export interface GeneratedFile {
  /** Relative to the workspace root. */
  readonly path: string
  readonly content: string
}
