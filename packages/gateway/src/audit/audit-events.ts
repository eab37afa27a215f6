import { authorizationEvents } from '@portico/core'

/** Every event that a gateway records, and what it means. A name once published never changes. */
export const auditEvents: Readonly<Record<string, string>> = {
  ...authorizationEvents,
  'access.denied': 'A valid token was not enough for the route: it lacks every scope of it.',
  'admin.acted': 'An operator ended something on the admin side; `detail.action` says what.',
  'admin.refused': 'Somebody came to the admin side with a wrong token.',
  'admin.signed_in': 'An operator signed in to the admin pages.',
  'audit.records_lost': 'So many records could not be written for so long that some were given up.',
  'audit.started': 'A process begins its chain of records.',
  'audit.stopped': 'A process ended as it was told to; a chain without this was cut off.',
  'connection.started': 'A user set out to connect an upstream account, or to renew what it may be used for.',
  'connection.required':
    'A call needs an upstream account that its user has not connected, or has to connect again.',
  'connection.disconnected': 'An upstream account was disconnected, and its tokens deleted.',
  'connection.established': 'A user, or an administrator, connected an upstream account.',
  'connection.failed': 'An upstream account could not be connected.',
  'connection.reconsent_required':
    'The tokens of an upstream account are no longer of use: somebody has to reconnect it.',
  'connection.refresh_failed': 'The tokens of an upstream account could not be refreshed this time.',
  'connection.refreshed': 'The tokens of an upstream account were refreshed.',
  'connection.refused':
    'The authorization server of an upstream answered an error, or the user said no there.',
  'tool.answered':
    'A tool call is over: it succeeded, the tool itself failed (`tool_error`), the upstream did (`upstream_error`), an account has to be connected again (`connect_required`), or the client left (`client_left`).',
  'tool.called': 'A tool call was allowed; it goes to the upstream, unless `connection.required` follows.',
  'tool.not_as_accepted': 'The upstream offers a tool that is not as it was accepted (`portico pin`).',
  'tool.denied': 'A tool call was refused by policy; the upstream did not hear of it.',
}
