import { html } from 'hono/html'

/** A piece of a page whose every value has been escaped. */
export type Html = ReturnType<typeof html>

export const nothing: Html = html``
