import { html } from 'hono/html'

import type { Html } from './html.ts'

/** Hidden inputs of a form. */
export function hiddenFields(fields: Readonly<Record<string, string>>): Html {
  return html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}`
}
