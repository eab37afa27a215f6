import { revokeAccess } from './admin-actions.ts'
import type { OperatorAnswer } from './admin-pages.ts'

/** Ends the access of a client, or of everybody up to a time. */
export const endAccessPage: OperatorAnswer = (context, { request, session }) =>
  context.server.operatorPages.endAccess(request, session, { clientId: '', before: '' })

export const endAccess: OperatorAnswer = async (context, { request, session }) => {
  const { operatorPages, context: core } = context.server
  const form = await operatorPages.readForm(request, session)
  if (form instanceof Response) return form
  const clientId = form.get('client_id')?.trim() ?? ''
  const before = form.get('before')?.trim() ?? ''
  const time = secondsOf(before)
  const isComplete = form.get('confirmed') === 'yes' && (clientId !== '' || time !== undefined)
  if (!isComplete || (before !== '' && time === undefined)) {
    return operatorPages.endAccess(request, session, { outcome: 'incomplete', clientId, before })
  }
  if (time !== undefined && time > core.now()) {
    return operatorPages.endAccess(request, session, { outcome: 'in_future', clientId, before })
  }
  await revokeAccess(context, { clientId: clientId === '' ? undefined : clientId, before: time })
  return operatorPages.endAccess(request, session, { outcome: 'ended', clientId: '', before: '' })
}

/** The page says that the time is in UTC. @returns Unix seconds */
function secondsOf(localTime: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/.test(localTime)) return undefined
  const milliseconds = Date.parse(`${localTime}Z`)
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000)
}
