import { operatorsEn } from './operators/en.ts'

/**
 * Every text of the pages. `{name}` is replaced by an escaped value. Words people see elsewhere: an "app" is an OAuth
 * client, "sign in" is what the identity provider does, "allow" is consent.
 */
export const en = {
  'consent.title': 'Allow access to {resource}?',
  'consent.asks': '{client} wants to use {resource}',
  'consent.localApp': 'An app on this computer',
  'consent.schemeApp': 'An app on this device',
  'consent.callsItself': 'It calls itself “{name}”. Anyone can choose a name: go by the address above.',
  'consent.callsItselfPlain': 'It calls itself “{name}”. Anyone can choose a name.',
  'consent.warnLoopback':
    'Any program running on this computer can pose as this app. Continue only if you have just started this yourself, from an app you trust.',
  'consent.warnScheme':
    'The answer goes to whichever app on this device has claimed “{scheme}” addresses. Continue only if you have just started this yourself.',
  'consent.warnUnvetted':
    'Your administrator has not checked this app. Continue only if you know who is behind the address above.',
  'consent.returnsTo': 'Returns to',
  'consent.thisComputer': 'This computer ({host})',
  'consent.appWithScheme': 'The app for “{scheme}” addresses',
  'consent.access': 'Access to',
  'consent.canDo': 'It will be able to',
  'consent.offline': 'Stay connected while you are away',
  'consent.accounts': 'Accounts it works with',
  'consent.connected': 'Connected',
  'consent.connect': 'Connect {account}',
  'consent.connectFirst': 'Connect the missing accounts first. Then you can allow access.',
  'consent.signedInAs': 'Signed in as',
  'consent.notYou': 'Not you?',
  'consent.remember': 'Do not ask again for this app for {days} days',
  'consent.allow': 'Allow',
  'consent.cancel': 'Cancel',
  'consent.note': 'Allow only what you started yourself. You can withdraw this later.',

  'chooser.title': 'Sign in',
  'chooser.toContinue': 'Sign in to continue to {resource}',
  'chooser.client': '{client} asked for this and will get the answer at {host}.',
  'chooser.with': 'Continue with {provider}',
  'chooser.byEmail': 'Or enter your e-mail address',
  'chooser.email': 'E-mail address',
  'chooser.next': 'Next',
  'chooser.unknownDomain': 'No sign-in is set up for that address. Choose one of the others.',
  'chooser.cancel': 'Cancel',

  'finish.approvedTitle': 'Access allowed',
  'finish.approved': 'Go back to the app. You can close this window.',
  'finish.openApp': 'If the app does not come to the front, open it:',
  'finish.open': 'Open {client}',
  'finish.continueTitle': 'One more step',
  'finish.continue': 'Continue to {host} to finish.',
  'finish.continueButton': 'Continue to {host}',
  'finish.deniedTitle': 'Access not allowed',
  'finish.denied': 'You did not allow access. Nothing was shared with the app.',
  'finish.return': 'Return to {host}',
  'finish.returnNote': 'Follow this link only if you know {host}.',

  'device.title': 'Connect a device',
  'device.explain': 'Enter the code that your device shows.',
  'device.code': 'Code',
  'device.next': 'Next',
  'device.wrong':
    'No device is waiting with this code. Check it; after ten minutes it expires, and the device shows a new one.',
  'device.app': 'An app on another device',
  'device.compare':
    'Continue only if this code is on a device in front of you, and you have just started this there yourself. If somebody sent you the code or a link, cancel.',
  'device.allowed': 'Go back to your device. You can close this window.',
  'device.denied': 'Nothing was shared with the device.',

  'logout.title': 'Sign out',
  'logout.question': 'Sign out of {name} in this browser?',
  'logout.consequence':
    'Apps you have allowed keep their access until you withdraw it. Your next sign-in will ask again.',
  'logout.confirm': 'Sign out',
  'logout.doneTitle': 'You are signed out',
  'logout.done': 'You are signed out of {name} in this browser. You can close this window.',

  'error.why': 'Why',
  'error.next': 'What to do',
  'error.reference': 'Reference',
  'error.referenceNote': 'Give this reference to your administrator: it leads to the record of this attempt.',
  'error.retry': 'Try again',
  'error.otherAccount': 'Use another account',

  'problem.invalid_request.title': 'This link is incomplete',
  'problem.invalid_request.why':
    'The app opened this page with a request that cannot be understood: {detail}',
  'problem.invalid_request.next':
    'Go back to the app and start again. If it happens again, contact its developer.',
  'problem.unknown_client.title': 'This app is not known here',
  'problem.unknown_client.why':
    'The app used a registration that does not exist, or no longer exists: it may have expired.',
  'problem.unknown_client.next':
    'Make the app forget its old registration and connect again: remove this server from it and add it again.',
  'problem.client_unavailable.title': 'This app could not be checked',
  'problem.client_unavailable.why':
    'The app describes itself at a web address, but that description could not be used.',
  'problem.client_unavailable.next': 'Wait a minute and start again from the app.',
  'problem.redirect_uri_not_registered.title': 'This app gave the wrong return address',
  'problem.redirect_uri_not_registered.why':
    'The address the answer should go to is not one that the app registered. Nothing was sent there.',
  'problem.redirect_uri_not_registered.next':
    'If you came here by a link, do not trust it. Otherwise make the app register again: remove this server from it and add it again.',
  'problem.unknown_resource.title': 'There is nothing here',
  'problem.unknown_resource.why': 'This server has no such address.',
  'problem.unknown_resource.next': 'Check the address of the MCP server in your app.',
  'problem.attempt_expired.title': 'This page has expired',
  'problem.attempt_expired.why': 'Signing in took too long, or it is already finished.',
  'problem.attempt_expired.next': 'Close this window and start again from the app.',
  'problem.other_browser.title': 'This page does not belong to this browser',
  'problem.other_browser.why':
    'The sign-in was started in another browser or window, or this browser does not keep cookies for this site. That happens in private windows, embedded views and with strict cookie blocking.',
  'problem.other_browser.next':
    'Start again from the app, and let it open your normal browser. Do not continue a sign-in that somebody else sent you.',
  'problem.login_finished.title': 'This sign-in is already finished',
  'problem.login_finished.why':
    'The page was loaded twice, took too long, or did not come from a sign-in that was started here.',
  'problem.login_finished.next': 'Go back to the app. If it is not connected, start again from there.',
  'problem.form_outdated.title': 'This form is out of date',
  'problem.form_outdated.why':
    'You signed in again, or as somebody else, since it was shown. Nothing was allowed.',
  'problem.form_outdated.next': 'Look at the page again and decide.',
  'problem.cross_site_form.title': 'This did not come from our page',
  'problem.cross_site_form.why': 'Another website tried to send a form here in your name. Nothing was done.',
  'problem.cross_site_form.next': 'Close this window. If you were signing in, start again from the app.',
  'problem.provider_answer_invalid.title': 'The sign-in answer cannot be used',
  'problem.provider_answer_invalid.why':
    'The answer from the sign-in service was incomplete, or did not match the sign-in that was started here.',
  'problem.provider_answer_invalid.next': 'Start again from the app.',
  'problem.sign_in_failed.title': 'Signing in failed',
  'problem.sign_in_failed.why': 'The answer from the sign-in service could not be accepted.',
  'problem.sign_in_failed.next':
    'Try again. If it happens again, your administrator can find the reason by the reference below.',
  'problem.sign_in_denied.title': 'You are not signed in',
  'problem.sign_in_denied.why': 'The sign-in was cancelled, or the sign-in service refused it.',
  'problem.sign_in_denied.next': 'Try again, or use another account.',
  'problem.account_not_allowed.title': 'This account may not sign in here',
  'problem.account_not_allowed.why':
    'You signed in, but your administrator only allows certain accounts, by e-mail domain, group or organization.',
  'problem.account_not_allowed.next': 'Use another account, or ask your administrator for access.',
  'problem.provider_unavailable.title': 'The sign-in service does not answer',
  'problem.provider_unavailable.why': 'It is down or too slow. This may be temporary.',
  'problem.provider_unavailable.next': 'Wait a minute and try again.',
  'problem.temporarily_unavailable.title': 'Not available at the moment',
  'problem.temporarily_unavailable.why':
    'Something this server depends on does not respond. This may be temporary.',
  'problem.temporarily_unavailable.next': 'Wait a minute and try again.',
  'problem.server_error.title': 'Something went wrong here',
  'problem.server_error.why': 'This is a fault of the server, not yours.',
  'problem.server_error.next':
    'Try again. If it happens again, your administrator can find the reason by the reference below.',
  'problem.method_not_allowed.title': 'This page cannot be used that way',
  'problem.method_not_allowed.why': 'The request used a method that this page does not support.',
  'problem.method_not_allowed.next': 'Start again from the app.',
  'problem.too_many_requests.title': 'Too many attempts',
  'problem.too_many_requests.why':
    'There were too many requests from you or your network within a minute. Nothing was done this time.',
  'problem.too_many_requests.next': 'Wait a minute and try again.',
  'problem.client_error.title': 'The app asked for something that cannot be granted',
  'problem.client_error.why': 'The request was not accepted: {detail}',
  'problem.client_error.next':
    'Go back to the app and start again. If it happens again, give its developer the reference below.',

  'advice.claude-code':
    'In Claude Code: type /mcp, choose this server, then “Clear authentication” and “Authenticate”.',
  'advice.claude': 'In Claude: open Settings, Connectors, disconnect this connector and connect it again.',
  'advice.chatgpt':
    'In ChatGPT: open Settings, Apps & Connectors, disconnect this connector and connect it again.',
  'advice.codex':
    'In Codex: run “codex mcp logout” and then “codex mcp login”, each with the name of this server.',
  'advice.cursor':
    'In Cursor: open Settings, Tools & MCP, log out of this server or remove it, then connect again.',
  'advice.vscode':
    'In VS Code: run “Authentication: Remove Dynamic Authentication Providers” from the command palette, then start the server again.',
  'advice.gemini-cli': 'In Gemini CLI: type “/mcp auth” with the name of this server.',
  'advice.mcp-remote': 'mcp-remote: delete the folder .mcp-auth in your home directory, then start it again.',

  'connect.title': 'Connect {account}',
  'connect.explain':
    '{name} will use your {account} account when apps you have allowed call this server for you. You can disconnect it at any time.',
  'connect.explainShared':
    '{name} will use this {account} account for everybody who uses the gateway. You connect it as an administrator.',
  'connect.with': 'You continue at',
  'connect.start': 'Continue to {account}',
  'connect.key': 'API key',
  'connect.saveKey': 'Save key',
  'connect.keyRefused': 'This key cannot be used. Copy it again, without spaces.',
  'connect.doneTitle': '{account} is connected',
  'connect.done': 'Go back to the app and try again. You can close this window.',
  'problem.connect_other_user.title': 'This link was made for somebody else',
  'problem.connect_other_user.why':
    'It asks another user to connect an account, and you are signed in as yourself. Nothing was connected.',
  'problem.connect_other_user.next':
    'Do not continue if somebody sent you this link. Otherwise sign out, and sign in as the user the app works for.',
  'problem.connect_admin_only.title': 'Only an administrator can do this',
  'problem.connect_admin_only.why': 'This account is shared by everybody who uses the gateway.',
  'problem.connect_admin_only.next': 'Ask your administrator to connect it.',
  'problem.connect_failed.title': 'The account was not connected',
  'problem.connect_failed.why':
    'The other service did not answer, refused, or gave an answer that cannot be accepted.',
  'problem.connect_failed.next':
    'Try again. If it happens again, your administrator can find the reason by the reference below.',
  'problem.connect_expired.title': 'This connection attempt is over',
  'problem.connect_expired.why':
    'It was already used, took too long, or was started in another browser or by another user.',
  'problem.connect_expired.next': 'Start again from the app or from the page you came from.',

  'account.title': 'Your account',
  'account.apps': 'Apps you have allowed',
  'account.noApps': 'You have not allowed any app.',
  'account.callsItself': 'It calls itself “{name}”.',
  'account.named': '“{name}”',
  'account.ownName': 'The app has chosen this name itself.',
  'account.nameless': 'An app without a name',
  'account.canDo': 'It can',
  'account.since': 'Since',
  'account.lastUse': 'Last active',
  'account.ends': 'Ends',
  'account.revoke': 'Withdraw access',
  'account.accounts': 'Accounts that apps work with',
  'account.automatic': 'Through your sign-in',
  'account.connectAgain': 'Has to be connected again',
  'account.notConnected': 'Not connected',
  'account.shared': 'Shared by everybody who uses {name}. An administrator takes care of it.',
  'account.allowedThere': 'Allowed there',
  'account.reconnect': 'Connect again',
  'account.disconnect': 'Disconnect',
  'problem.account_entry_gone.title': 'This is not in your account',
  'problem.account_entry_gone.why':
    'It has already been withdrawn or disconnected, or it is not yours. Nothing was changed.',
  'problem.account_entry_gone.next': 'Look at your account page again.',

  ...operatorsEn,
} as const

/** The key of one text. */
export type MessageKey = keyof typeof en
/** All texts in one language. */
export type Messages = Readonly<Record<MessageKey, string>>
