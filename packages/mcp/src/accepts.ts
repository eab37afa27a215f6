/** TL-10: what a client takes. No `Accept`, or one that names neither form, takes both. */
export function parseAccept(accept: string | undefined): {
  readonly json: boolean
  readonly eventStream: boolean
} {
  const types = (accept ?? '*/*').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase() ?? '')
  const json = types.some((type) => ['application/json', 'application/*', '*/*'].includes(type))
  const eventStream = types.some((type) => ['text/event-stream', 'text/*', '*/*'].includes(type))
  return json || eventStream ? { json, eventStream } : { json: true, eventStream: true }
}
