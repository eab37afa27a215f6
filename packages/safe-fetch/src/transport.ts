/** Addresses of a host name, IPv4 and IPv6. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

/** One request whose URL has passed every check that needs no resolver. */
export interface TransportRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Ends the exchange: the caller's wish or the time limit. */
  readonly signal: AbortSignal
  readonly maxBytes: number
  /** Throws unless every address may be connected to. */
  readonly checkAddresses: (addresses: readonly string[]) => void
}

export interface TransportAnswer {
  readonly status: number
  readonly headers: Headers
  /** Decoded, complete, at most `maxBytes`. */
  readonly body: Uint8Array<ArrayBuffer>
}

/** Sends one request without following redirects; throws `FetchFailedError` for what it can name itself. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>

/** What every module behind `#transport` takes for its `createTransport`. */
export interface TransportSettings {
  readonly resolve?: Resolve | undefined
  readonly egressProxy?: URL | undefined
}
