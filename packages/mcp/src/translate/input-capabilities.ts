/** Requests of a server that clients answer, and the capability with which a client declares that it does. */
export const inputCapabilities: ReadonlyMap<unknown, string> = new Map([
  ['elicitation/create', 'elicitation'],
  ['sampling/createMessage', 'sampling'],
  ['roots/list', 'roots'],
])
