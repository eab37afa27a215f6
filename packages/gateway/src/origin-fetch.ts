import type { RequestFacts } from '@portico/core'

/** What the host knows of a request that has its id. */
export interface NamedRequestFacts extends RequestFacts {
  readonly requestId: string
}

/** Answers a request of one origin. `path` is the one in its URL, read once for everybody who asks for it. */
export type OriginFetch = (
  request: Request,
  path: string,
  facts?: RequestFacts,
) => Response | Promise<Response>
