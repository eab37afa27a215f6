import { z } from 'zod'

import { json, refuse } from '../json-answers.ts'
import { revokeAccess } from './admin-actions.ts'
import type { AdminEndpoint } from './admin-api.ts'

const maxBytes = 4096

const selection = z.strictObject({
  subject: z.string().min(1).max(512).optional(),
  clientId: z.string().min(1).max(2048).optional(),
  before: z.int().min(0).optional(),
})

/** Ends the access of a user, of a client, of both together, or of everybody up to a time. */
export const revocations: AdminEndpoint = {
  method: 'POST',
  path: '/revocations',
  async answer(context, { request }) {
    const parsed = selection.safeParse(await body(request))
    if (!parsed.success) {
      const description = 'The body must be JSON with subject, clientId or before, or several.'
      return refuse(400, 'invalid_request', description)
    }
    try {
      return json(200, await revokeAccess(context, parsed.data))
    } catch (error) {
      if (error instanceof TypeError) return refuse(400, 'invalid_request', error.message)
      throw error
    }
  },
}

async function body(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return undefined
  try {
    const text = await request.text()
    return text.length > maxBytes ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
