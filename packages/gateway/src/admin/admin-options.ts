/** How operators come in. */
export interface AdminOptions {
  /**
   * What they show, as a bearer token or on the sign-in page: 32 random characters or more. Without one there is neither
   * API nor page.
   */
  readonly token?: string | undefined
  /**
   * The origin by which browsers and programs reach the admin side, e.g. `https://admin.mcp.example.com`. Loopback names and
   * bare addresses are answered without it.
   */
  readonly url?: string | undefined
}

/** Figures for a monitoring system, e.g. in the text format of Prometheus. */
export interface MetricsText {
  readonly contentType: string
  readonly text: () => Promise<string>
}
