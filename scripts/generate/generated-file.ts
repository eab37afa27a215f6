export interface GeneratedFile {
  /** Relative to the workspace root. */
  readonly path: string
  /** The whole file. */
  readonly content: string
}

/** Returns the files it is responsible for; `read` gives the present text of any file of the workspace. */
export type Generator = (read: (path: string) => string) => GeneratedFile[] | Promise<GeneratedFile[]>
