import { bodyText } from '../request-body.ts'

/** A request to an endpoint for programs, whatever transport it came by. */
export interface ApiRequest {
  readonly method: string
  /** Of the URL, without the query. */
  readonly path: string
  /** What the host calls this request: in events, and in errors. */
  readonly requestId: string
  /** As the host vouches for it (SEC-12). */
  readonly clientAddress: string | undefined
  /** A header by its name in lower case; several lines of one name are joined by commas (RFC 9110 §5.3). */
  readonly header: (name: string) => string | undefined
  /** The body, read no further than `maxBytes`; `undefined` when it is not whole then. To be called once. */
  readonly text: (maxBytes: number) => Promise<string | undefined>
}

/** A Fetch `Request` as a request to an endpoint for programs. */
export class FetchApiRequest implements ApiRequest {
  readonly method: string
  readonly path: string
  readonly requestId: string
  readonly clientAddress: string | undefined
  readonly #request: Request

  /** @param path of the request's URL, as who calls this has taken it apart already */
  constructor(request: Request, path: string, requestId: string, clientAddress: string | undefined) {
    this.method = request.method
    this.path = path
    this.requestId = requestId
    this.clientAddress = clientAddress
    this.#request = request
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined
  }

  text(maxBytes: number): Promise<string | undefined> {
    return bodyText(this.#request, maxBytes)
  }
}

/** The last part of a path: what a table calls `:name`. Names of clients and providers have nothing that URLs encode. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
