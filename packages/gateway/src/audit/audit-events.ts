import { authorizationEvents } from '@portico/core'

/** Every event that a gateway records, and what it means. A name once published never changes. */
export const auditEvents: Readonly<Record<string, string>> = {
  ...authorizationEvents,
  'access.denied': 'A valid token had none of the scopes of the route.',
  'admin.acted': 'An operator ended something on the admin side; `detail.action` says what.',
  'admin.refused': 'A wrong admin token was presented.',
  'admin.signed_in': 'An operator signed in to the admin pages.',
  'audit.records_lost': 'Records could not be written for so long that some were dropped.',
  'audit.started': 'A process begins its chain of records.',
  'audit.stopped': 'A process stopped in good order; a chain without this record was cut off.',
  'connection.started': 'A user began to connect an upstream account, or to extend its permissions.',
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
    'The authorization server of an upstream returned an error, or the user refused there.',
  'tool.answered':
    'A tool call is over: it succeeded, the tool itself failed (`tool_error`), the upstream did (`upstream_error`), an account has to be connected again (`connect_required`), or the client left (`client_left`).',
  'tool.called': 'A tool call was allowed; it goes to the upstream, unless `connection.required` follows.',
  'tool.not_as_accepted':
    'The upstream offers a tool that differs from its accepted definition (`portico pin`).',
  'tool.denied': 'A tool call was refused by policy; it was not sent upstream.',
}
