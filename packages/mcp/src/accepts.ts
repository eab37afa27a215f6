/** What a client takes. */
export interface Accepts {
  readonly json: boolean
  readonly eventStream: boolean
}

const both: Accepts = { json: true, eventStream: true }
/** What the transport has clients send, and nearly all of them do: it need not be taken apart for each request. */
const usual = 'application/json, text/event-stream'

/** TL-10: what a client takes. No `Accept`, or one that names neither form, takes both. */
export function parseAccept(accept: string | undefined): Accepts {
  if (accept === undefined || accept === usual) return both
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase() ?? '')
  const json = types.some((type) => ['application/json', 'application/*', '*/*'].includes(type))
  const eventStream = types.some((type) => ['text/event-stream', 'text/*', '*/*'].includes(type))
  return json || eventStream ? { json, eventStream } : both
}
