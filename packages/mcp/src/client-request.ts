import type { ReadHeader } from './upstream-headers.ts'

/** A client's request, read from whatever request object the runtime has. */
export interface ClientRequest {
  readonly method: string
  /** Path with query, or an absolute URL. */
  readonly url: string
  readonly header: ReadHeader
  /** All headers; of a Fetch request `request.headers`. */
  readonly headers: () => Iterable<readonly [string, string]>
  /** The decoded body of a POST; undefined where it is no UTF-8. */
  readonly body: string | undefined
  /** What the host calls this request, in its answers, its log and towards the upstream. */
  readonly requestId?: string | undefined
}
