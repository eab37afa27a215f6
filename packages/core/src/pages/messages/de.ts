import type { Messages } from './en.ts'
import { operatorsDe } from './operators/de.ts'

export const de: Messages = {
  'consent.title': 'Zugriff auf {resource} erlauben?',
  'consent.asks': '{client} möchte {resource} verwenden',
  'consent.localApp': 'Eine App auf diesem Computer',
  'consent.schemeApp': 'Eine App auf diesem Gerät',
  'consent.callsItself':
    'Sie nennt sich „{name}“. Namen kann sich jeder geben: Achten Sie auf die Adresse oben.',
  'consent.callsItselfPlain': 'Sie nennt sich „{name}“. Namen kann sich jeder geben.',
  'consent.warnLoopback':
    'Jedes Programm auf diesem Computer kann sich als diese App ausgeben. Fahren Sie nur fort, wenn Sie den Vorgang gerade selbst gestartet haben, aus einer App, der Sie vertrauen.',
  'consent.warnScheme':
    'Die Antwort geht an die App, die auf diesem Gerät für „{scheme}“-Adressen zuständig ist. Fahren Sie nur fort, wenn Sie den Vorgang gerade selbst gestartet haben.',
  'consent.warnUnvetted':
    'Diese App wurde von Ihrer Administration nicht geprüft. Fahren Sie nur fort, wenn Sie wissen, wer hinter der Adresse oben steht.',
  'consent.returnsTo': 'Antwort geht an',
  'consent.thisComputer': 'Diesen Computer ({host})',
  'consent.appWithScheme': 'Die App für „{scheme}“-Adressen',
  'consent.access': 'Zugriff auf',
  'consent.canDo': 'Sie darf dann',
  'consent.offline': 'Verbunden bleiben, während Sie nicht da sind',
  'consent.accounts': 'Konten, mit denen sie arbeitet',
  'consent.connected': 'Verbunden',
  'consent.connect': '{account} verbinden',
  'consent.connectFirst': 'Verbinden Sie, was noch fehlt. Danach können Sie den Zugriff erlauben.',
  'consent.signedInAs': 'Angemeldet als',
  'consent.notYou': 'Das sind nicht Sie?',
  'consent.remember': 'Für diese App {days} Tage lang nicht mehr fragen',
  'consent.allow': 'Erlauben',
  'consent.cancel': 'Abbrechen',
  'consent.note': 'Erlauben Sie nur, was Sie selbst gestartet haben. Sie können es später zurücknehmen.',

  'chooser.title': 'Anmelden',
  'chooser.toContinue': 'Anmelden für {resource}',
  'chooser.client': '{client} hat darum gebeten und erhält die Antwort unter {host}.',
  'chooser.with': 'Weiter mit {provider}',
  'chooser.byEmail': 'Oder geben Sie Ihre E-Mail-Adresse ein',
  'chooser.email': 'E-Mail-Adresse',
  'chooser.next': 'Weiter',
  'chooser.unknownDomain':
    'Für diese Adresse ist keine Anmeldung eingerichtet. Wählen Sie eine der anderen Möglichkeiten.',
  'chooser.cancel': 'Abbrechen',

  'finish.approvedTitle': 'Zugriff erlaubt',
  'finish.approved': 'Kehren Sie zur App zurück. Sie können dieses Fenster schließen.',
  'finish.openApp': 'Falls die App nicht nach vorn kommt, öffnen Sie sie:',
  'finish.open': '{client} öffnen',
  'finish.continueTitle': 'Noch ein Schritt',
  'finish.continue': 'Gehen Sie weiter zu {host}, um den Vorgang abzuschließen.',
  'finish.continueButton': 'Weiter zu {host}',
  'finish.deniedTitle': 'Zugriff nicht erlaubt',
  'finish.denied': 'Sie haben den Zugriff nicht erlaubt. Die App hat nichts erhalten.',
  'finish.return': 'Zurück zu {host}',
  'finish.returnNote': 'Folgen Sie diesem Link nur, wenn Sie {host} kennen.',

  'device.title': 'Gerät verbinden',
  'device.explain': 'Geben Sie den Code ein, den Ihr Gerät anzeigt.',
  'device.code': 'Code',
  'device.next': 'Weiter',
  'device.wrong':
    'Mit diesem Code wartet kein Gerät. Prüfen Sie ihn; nach zehn Minuten verfällt er, und das Gerät zeigt einen neuen an.',
  'device.app': 'Eine App auf einem anderen Gerät',
  'device.compare':
    'Fahren Sie nur fort, wenn dieser Code auf einem Gerät vor Ihnen steht und Sie den Vorgang dort gerade selbst gestartet haben. Wenn Ihnen jemand den Code oder einen Link geschickt hat, brechen Sie ab.',
  'device.allowed': 'Kehren Sie zu Ihrem Gerät zurück. Sie können dieses Fenster schließen.',
  'device.denied': 'Dem Gerät wurde nichts mitgeteilt.',

  'logout.title': 'Abmelden',
  'logout.question': 'In diesem Browser von {name} abmelden?',
  'logout.consequence':
    'Apps, denen Sie Zugriff erlaubt haben, behalten ihn, bis Sie ihn zurücknehmen. Nach der nächsten Anmeldung werden Sie wieder gefragt.',
  'logout.confirm': 'Abmelden',
  'logout.doneTitle': 'Sie sind abgemeldet',
  'logout.done': 'Sie sind in diesem Browser von {name} abgemeldet. Sie können dieses Fenster schließen.',

  'error.why': 'Warum',
  'error.next': 'Was Sie tun können',
  'error.reference': 'Referenz',
  'error.referenceNote':
    'Nennen Sie diese Referenz Ihrer Administration: Damit findet sie die Aufzeichnung dieses Vorgangs.',
  'error.retry': 'Erneut versuchen',
  'error.otherAccount': 'Anderes Konto verwenden',

  'problem.invalid_request.title': 'Dieser Link ist unvollständig',
  'problem.invalid_request.why':
    'Die App hat diese Seite mit einer Anfrage geöffnet, die nicht verständlich ist: {detail}',
  'problem.invalid_request.next':
    'Kehren Sie zur App zurück und beginnen Sie von vorn. Geschieht das wieder, sagen Sie es ihren Herstellern.',
  'problem.unknown_client.title': 'Diese App ist hier nicht bekannt',
  'problem.unknown_client.why':
    'Die App verwendet eine Registrierung, die es nicht oder nicht mehr gibt: Sie kann abgelaufen sein.',
  'problem.unknown_client.next':
    'Lassen Sie die App ihre alte Registrierung vergessen und verbinden Sie sie neu: Entfernen Sie dort diesen Server und fügen Sie ihn wieder hinzu.',
  'problem.client_unavailable.title': 'Diese App konnte nicht geprüft werden',
  'problem.client_unavailable.why':
    'Die App beschreibt sich unter einer Webadresse, und was dort steht, ist nicht verwendbar.',
  'problem.client_unavailable.next': 'Warten Sie eine Minute und beginnen Sie in der App von vorn.',
  'problem.redirect_uri_not_registered.title': 'Diese App hat eine falsche Rückadresse angegeben',
  'problem.redirect_uri_not_registered.why':
    'Die Adresse, an die die Antwort gehen sollte, hat die App nicht registriert. Dorthin wurde nichts gesendet.',
  'problem.redirect_uri_not_registered.next':
    'Wenn Sie über einen Link hierherkamen, trauen Sie ihm nicht. Andernfalls lassen Sie die App sich neu registrieren: Entfernen Sie dort diesen Server und fügen Sie ihn wieder hinzu.',
  'problem.unknown_resource.title': 'Hier ist nichts',
  'problem.unknown_resource.why': 'Diese Adresse gibt es auf diesem Server nicht.',
  'problem.unknown_resource.next': 'Prüfen Sie in Ihrer App die Adresse des MCP-Servers.',
  'problem.attempt_expired.title': 'Diese Seite ist abgelaufen',
  'problem.attempt_expired.why': 'Die Anmeldung hat zu lange gedauert oder ist bereits abgeschlossen.',
  'problem.attempt_expired.next': 'Schließen Sie dieses Fenster und beginnen Sie in der App von vorn.',
  'problem.other_browser.title': 'Diese Seite gehört nicht zu diesem Browser',
  'problem.other_browser.why':
    'Die Anmeldung wurde in einem anderen Browser oder Fenster begonnen, oder dieser Browser behält keine Cookies für diese Website. Das kommt in privaten Fenstern, eingebetteten Ansichten und bei strengem Cookie-Schutz vor.',
  'problem.other_browser.next':
    'Beginnen Sie in der App von vorn und lassen Sie sie Ihren gewöhnlichen Browser öffnen. Setzen Sie keine Anmeldung fort, die Ihnen jemand anders geschickt hat.',
  'problem.login_finished.title': 'Diese Anmeldung ist bereits abgeschlossen',
  'problem.login_finished.why':
    'Die Seite wurde zweimal geladen, es hat zu lange gedauert, oder die Anmeldung wurde nicht hier begonnen.',
  'problem.login_finished.next':
    'Kehren Sie zur App zurück. Ist sie nicht verbunden, beginnen Sie dort von vorn.',
  'problem.form_outdated.title': 'Dieses Formular ist veraltet',
  'problem.form_outdated.why':
    'Seit es angezeigt wurde, haben Sie sich neu oder mit einem anderen Konto angemeldet. Es wurde nichts erlaubt.',
  'problem.form_outdated.next': 'Sehen Sie sich die Seite noch einmal an und entscheiden Sie dann.',
  'problem.cross_site_form.title': 'Das kam nicht von unserer Seite',
  'problem.cross_site_form.why':
    'Eine andere Website hat versucht, in Ihrem Namen ein Formular hierher zu senden. Es ist nichts geschehen.',
  'problem.cross_site_form.next':
    'Schließen Sie dieses Fenster. Wenn Sie sich gerade anmelden wollten, beginnen Sie in der App von vorn.',
  'problem.provider_answer_invalid.title': 'Die Antwort des Anmeldedienstes ist nicht verwendbar',
  'problem.provider_answer_invalid.why':
    'Sie war unvollständig oder passte nicht zu der Anmeldung, die hier begonnen wurde.',
  'problem.provider_answer_invalid.next': 'Beginnen Sie in der App von vorn.',
  'problem.sign_in_failed.title': 'Die Anmeldung ist fehlgeschlagen',
  'problem.sign_in_failed.why': 'Die Antwort des Anmeldedienstes konnte nicht angenommen werden.',
  'problem.sign_in_failed.next':
    'Versuchen Sie es noch einmal. Geschieht das wieder, findet Ihre Administration den Grund mit der Referenz unten.',
  'problem.sign_in_denied.title': 'Sie sind nicht angemeldet',
  'problem.sign_in_denied.why': 'Die Anmeldung wurde abgebrochen, oder der Anmeldedienst hat sie abgelehnt.',
  'problem.sign_in_denied.next': 'Versuchen Sie es noch einmal oder verwenden Sie ein anderes Konto.',
  'problem.account_not_allowed.title': 'Dieses Konto darf sich hier nicht anmelden',
  'problem.account_not_allowed.why':
    'Sie haben sich angemeldet, aber Ihre Administration lässt nur andere Konten zu: nach E-Mail-Domain, Gruppe oder Organisation.',
  'problem.account_not_allowed.next':
    'Verwenden Sie ein anderes Konto oder bitten Sie Ihre Administration um Zugang.',
  'problem.provider_unavailable.title': 'Der Anmeldedienst antwortet nicht',
  'problem.provider_unavailable.why': 'Er ist nicht erreichbar oder zu langsam. Das kann vorübergehend sein.',
  'problem.provider_unavailable.next': 'Warten Sie eine Minute und versuchen Sie es noch einmal.',
  'problem.temporarily_unavailable.title': 'Zurzeit nicht verfügbar',
  'problem.temporarily_unavailable.why':
    'Ein Teil, den dieser Server braucht, antwortet nicht. Das kann vorübergehend sein.',
  'problem.temporarily_unavailable.next': 'Warten Sie eine Minute und versuchen Sie es noch einmal.',
  'problem.server_error.title': 'Hier ist etwas schiefgegangen',
  'problem.server_error.why': 'Das ist ein Fehler des Servers, nicht Ihrer.',
  'problem.server_error.next':
    'Versuchen Sie es noch einmal. Geschieht das wieder, findet Ihre Administration den Grund mit der Referenz unten.',
  'problem.method_not_allowed.title': 'So lässt sich diese Seite nicht verwenden',
  'problem.method_not_allowed.why': 'Die Anfrage kam mit einer Methode, auf die hier nicht geantwortet wird.',
  'problem.method_not_allowed.next': 'Beginnen Sie in der App von vorn.',
  'problem.too_many_requests.title': 'Zu viele Versuche',
  'problem.too_many_requests.why':
    'Aus Ihrem Netz oder von Ihnen kam innerhalb einer Minute sehr viel. Diesmal ist nichts geschehen.',
  'problem.too_many_requests.next': 'Warten Sie eine Minute und versuchen Sie es erneut.',
  'problem.client_error.title': 'Die App hat um etwas gebeten, das nicht möglich ist',
  'problem.client_error.why': 'Die Anfrage wurde nicht angenommen: {detail}',
  'problem.client_error.next':
    'Kehren Sie zur App zurück und beginnen Sie von vorn. Geschieht das wieder, nennen Sie ihren Herstellern die Referenz unten.',

  'advice.claude-code':
    'In Claude Code: /mcp eingeben, diesen Server wählen, dann „Clear authentication“ und „Authenticate“.',
  'advice.claude': 'In Claude: unter Settings, Connectors diesen Connector trennen und neu verbinden.',
  'advice.chatgpt':
    'In ChatGPT: unter Settings, Apps & Connectors diesen Connector trennen und neu verbinden.',
  'advice.codex':
    'In Codex: erst „codex mcp logout“, dann „codex mcp login“ aufrufen, jeweils mit dem Namen dieses Servers.',
  'advice.cursor':
    'In Cursor: unter Settings, Tools & MCP von diesem Server abmelden oder ihn entfernen, dann neu verbinden.',
  'advice.vscode':
    'In VS Code: in der Befehlspalette „Authentication: Remove Dynamic Authentication Providers“ ausführen, dann den Server neu starten.',
  'advice.gemini-cli': 'In Gemini CLI: „/mcp auth“ mit dem Namen dieses Servers eingeben.',
  'advice.mcp-remote':
    'mcp-remote: den Ordner .mcp-auth in Ihrem Benutzerverzeichnis löschen und neu starten.',

  'connect.title': '{account} verbinden',
  'connect.explain':
    '{name} verwendet Ihr Konto bei {account}, wenn Apps, denen Sie es erlaubt haben, diesen Server für Sie aufrufen. Sie können die Verbindung jederzeit trennen.',
  'connect.explainShared':
    '{name} verwendet dieses Konto bei {account} für alle, die das Gateway benutzen. Sie verbinden es als Administrator.',
  'connect.with': 'Weiter geht es bei',
  'connect.start': 'Weiter zu {account}',
  'connect.key': 'API-Schlüssel',
  'connect.saveKey': 'Schlüssel speichern',
  'connect.keyRefused':
    'Dieser Schlüssel kann nicht verwendet werden. Kopieren Sie ihn noch einmal, ohne Leerzeichen.',
  'connect.doneTitle': '{account} ist verbunden',
  'connect.done':
    'Gehen Sie zurück zur App und versuchen Sie es erneut. Sie können dieses Fenster schließen.',
  'problem.connect_other_user.title': 'Dieser Link gilt für jemand anderen',
  'problem.connect_other_user.why':
    'Er fordert eine andere Person auf, ein Konto zu verbinden. Es wurde nichts verbunden.',
  'problem.connect_other_user.next':
    'Machen Sie nicht weiter, wenn Ihnen jemand diesen Link geschickt hat. Sonst melden Sie sich ab und als die Person an, für die die App arbeitet.',
  'problem.connect_admin_only.title': 'Das darf nur ein Administrator',
  'problem.connect_admin_only.why': 'Dieses Konto wird von allen benutzt, die das Gateway verwenden.',
  'problem.connect_admin_only.next': 'Bitten Sie Ihren Administrator, es zu verbinden.',
  'problem.connect_failed.title': 'Das Konto wurde nicht verbunden',
  'problem.connect_failed.why':
    'Der andere Dienst hat nicht geantwortet, abgelehnt oder eine Antwort gegeben, die nicht angenommen werden kann.',
  'problem.connect_failed.next':
    'Versuchen Sie es noch einmal. Geschieht es wieder, findet Ihr Administrator den Grund mit der Kennung unten.',
  'problem.connect_expired.title': 'Dieser Versuch ist beendet',
  'problem.connect_expired.why':
    'Er wurde schon benutzt, hat zu lange gedauert oder wurde in einem anderen Browser oder von einer anderen Person begonnen.',
  'problem.connect_expired.next': 'Beginnen Sie neu in der App oder auf der Seite, von der Sie kamen.',

  'account.title': 'Ihr Konto',
  'account.apps': 'Apps, die Sie erlaubt haben',
  'account.noApps': 'Sie haben keine App erlaubt.',
  'account.callsItself': 'Sie nennt sich „{name}“.',
  'account.named': '„{name}“',
  'account.ownName': 'Diesen Namen hat sich die App selbst gegeben.',
  'account.nameless': 'Eine App ohne Namen',
  'account.canDo': 'Sie darf',
  'account.since': 'Seit',
  'account.lastUse': 'Zuletzt aktiv',
  'account.ends': 'Endet',
  'account.revoke': 'Zugriff entziehen',
  'account.accounts': 'Konten, mit denen Apps arbeiten',
  'account.automatic': 'Durch Ihre Anmeldung',
  'account.connectAgain': 'Muss neu verbunden werden',
  'account.notConnected': 'Nicht verbunden',
  'account.shared': 'Gemeinsames Konto aller, die {name} verwenden. Ein Administrator kümmert sich darum.',
  'account.allowedThere': 'Dort erlaubt',
  'account.reconnect': 'Neu verbinden',
  'account.disconnect': 'Trennen',
  'problem.account_entry_gone.title': 'Das gehört nicht zu Ihrem Konto',
  'problem.account_entry_gone.why':
    'Es wurde bereits entzogen oder getrennt, oder es gehört Ihnen nicht. Nichts wurde geändert.',
  'problem.account_entry_gone.next': 'Sehen Sie sich Ihre Kontoseite noch einmal an.',

  ...operatorsDe,
}
