import type { Messages } from './en.ts'
import { operatorsFr } from './operators/fr.ts'

export const fr: Messages = {
  'consent.title': 'Autoriser l’accès à {resource} ?',
  'consent.asks': '{client} souhaite utiliser {resource}',
  'consent.localApp': 'Une application de cet ordinateur',
  'consent.schemeApp': 'Une application de cet appareil',
  'consent.callsItself':
    'Elle se présente sous le nom « {name} ». N’importe qui peut choisir un nom : fiez-vous à l’adresse ci-dessus.',
  'consent.callsItselfPlain': 'Elle se présente sous le nom « {name} ». N’importe qui peut choisir un nom.',
  'consent.warnLoopback':
    'Tout programme de cet ordinateur peut se faire passer pour cette application. Ne continuez que si vous venez de lancer cette demande vous-même, depuis une application de confiance.',
  'consent.warnScheme':
    'La réponse ira à l’application de cet appareil qui gère les adresses « {scheme} ». Ne continuez que si vous venez de lancer cette demande vous-même.',
  'consent.warnUnvetted':
    'Votre administrateur n’a pas vérifié cette application. Continuez uniquement si vous savez qui se trouve derrière l’adresse ci-dessus.',
  'consent.returnsTo': 'Réponse envoyée à',
  'consent.thisComputer': 'Cet ordinateur ({host})',
  'consent.appWithScheme': 'L’application qui gère les adresses « {scheme} »',
  'consent.access': 'Accès à',
  'consent.canDo': 'Elle pourra',
  'consent.offline': 'Rester connectée en votre absence',
  'consent.accounts': 'Comptes utilisés',
  'consent.connected': 'Connecté',
  'consent.connect': 'Connecter {account}',
  'consent.connectFirst': 'Connectez ce qui manque, vous pourrez ensuite autoriser l’accès.',
  'consent.signedInAs': 'Connecté en tant que',
  'consent.notYou': 'Ce n’est pas vous ?',
  'consent.remember': 'Ne plus demander pour cette application pendant {days} jours',
  'consent.allow': 'Autoriser',
  'consent.cancel': 'Annuler',
  'consent.note':
    'N’autorisez que ce que vous avez lancé vous-même. Vous pourrez retirer cette autorisation plus tard.',

  'chooser.title': 'Connexion',
  'chooser.toContinue': 'Connectez-vous pour accéder à {resource}',
  'chooser.client': '{client} a fait cette demande et recevra la réponse à l’adresse {host}.',
  'chooser.with': 'Continuer avec {provider}',
  'chooser.byEmail': 'Ou saisissez votre adresse e-mail',
  'chooser.email': 'Adresse e-mail',
  'chooser.next': 'Suivant',
  'chooser.unknownDomain':
    'Aucune connexion n’est prévue pour cette adresse. Choisissez une autre possibilité.',
  'chooser.cancel': 'Annuler',

  'finish.approvedTitle': 'Accès autorisé',
  'finish.approved': 'Retournez à l’application. Vous pouvez fermer cette fenêtre.',
  'finish.openApp': 'Si l’application ne s’affiche pas, ouvrez-la :',
  'finish.open': 'Ouvrir {client}',
  'finish.continueTitle': 'Encore une étape',
  'finish.continue': 'Continuez vers {host} pour terminer.',
  'finish.continueButton': 'Continuer vers {host}',
  'finish.deniedTitle': 'Accès non autorisé',
  'finish.denied': 'Vous n’avez pas autorisé l’accès. Rien n’a été transmis à l’application.',
  'finish.return': 'Retourner à {host}',
  'finish.returnNote': 'Ne suivez ce lien que si vous connaissez {host}.',

  'device.title': 'Connecter un appareil',
  'device.explain': 'Saisissez le code affiché par votre appareil.',
  'device.code': 'Code',
  'device.next': 'Suivant',
  'device.wrong':
    'Aucun appareil n’attend avec ce code. Vérifiez-le ; il expire après dix minutes, et l’appareil en affiche un nouveau.',
  'device.app': 'Une application sur un autre appareil',
  'device.compare':
    'Continuez uniquement si ce code s’affiche sur un appareil devant vous et que vous venez d’y lancer l’opération vous-même. Si quelqu’un vous a envoyé le code ou un lien, annulez.',
  'device.allowed': 'Retournez à votre appareil. Vous pouvez fermer cette fenêtre.',
  'device.denied': 'Rien n’a été communiqué à l’appareil.',

  'logout.title': 'Se déconnecter',
  'logout.question': 'Se déconnecter de {name} dans ce navigateur ?',
  'logout.consequence':
    'Les applications autorisées gardent leur accès jusqu’à ce que vous le retiriez. Après votre prochaine connexion, la question vous sera posée à nouveau.',
  'logout.confirm': 'Se déconnecter',
  'logout.doneTitle': 'Vous êtes déconnecté',
  'logout.done': 'Vous êtes déconnecté de {name} dans ce navigateur. Vous pouvez fermer cette fenêtre.',

  'error.why': 'Pourquoi',
  'error.next': 'Que faire',
  'error.reference': 'Référence',
  'error.referenceNote':
    'Donnez cette référence à votre administrateur : elle permet de retrouver la trace de cette tentative.',
  'error.retry': 'Réessayer',
  'error.otherAccount': 'Utiliser un autre compte',

  'problem.invalid_request.title': 'Ce lien est incomplet',
  'problem.invalid_request.why':
    'L’application a ouvert cette page avec une demande incompréhensible : {detail}',
  'problem.invalid_request.next':
    'Retournez à l’application et recommencez. Si cela se reproduit, signalez-le à ses auteurs.',
  'problem.unknown_client.title': 'Cette application n’est pas connue ici',
  'problem.unknown_client.why':
    'L’application utilise un enregistrement qui n’existe pas ou plus : il a peut-être expiré.',
  'problem.unknown_client.next':
    'Faites oublier à l’application son ancien enregistrement et reconnectez-la : retirez-y ce serveur, puis ajoutez-le de nouveau.',
  'problem.client_unavailable.title': 'Cette application n’a pas pu être vérifiée',
  'problem.client_unavailable.why':
    'L’application se décrit à une adresse web dont le contenu est inutilisable.',
  'problem.client_unavailable.next': 'Attendez une minute et recommencez depuis l’application.',
  'problem.redirect_uri_not_registered.title': 'Cette application a donné une mauvaise adresse de retour',
  'problem.redirect_uri_not_registered.why':
    'L’adresse prévue pour la réponse n’est pas de celles que l’application a enregistrées. Rien n’y a été envoyé.',
  'problem.redirect_uri_not_registered.next':
    'Si un lien vous a amené ici, ne lui faites pas confiance. Sinon, enregistrez de nouveau l’application : retirez-y ce serveur, puis ajoutez-le de nouveau.',
  'problem.unknown_resource.title': 'Il n’y a rien ici',
  'problem.unknown_resource.why': 'Cette adresse n’existe pas sur ce serveur.',
  'problem.unknown_resource.next': 'Vérifiez l’adresse du serveur MCP dans votre application.',
  'problem.attempt_expired.title': 'Cette page a expiré',
  'problem.attempt_expired.why': 'La connexion a pris trop de temps, ou elle est déjà terminée.',
  'problem.attempt_expired.next': 'Fermez cette fenêtre et recommencez depuis l’application.',
  'problem.other_browser.title': 'Cette page n’appartient pas à ce navigateur',
  'problem.other_browser.why':
    'La connexion a été commencée dans un autre navigateur ou une autre fenêtre, ou ce navigateur ne conserve pas les cookies de ce site. Cela arrive en navigation privée, dans les vues intégrées et quand les cookies sont bloqués.',
  'problem.other_browser.next':
    'Recommencez depuis l’application et laissez-la ouvrir votre navigateur habituel. Ne poursuivez pas une connexion que quelqu’un d’autre vous a envoyée.',
  'problem.login_finished.title': 'Cette connexion est déjà terminée',
  'problem.login_finished.why':
    'La page a été chargée deux fois, cela a pris trop de temps, ou la connexion n’a pas été commencée ici.',
  'problem.login_finished.next':
    'Retournez à l’application. Si elle n’est pas connectée, recommencez depuis celle-ci.',
  'problem.form_outdated.title': 'Ce formulaire n’est plus à jour',
  'problem.form_outdated.why':
    'Depuis son affichage, vous vous êtes reconnecté, ou avec un autre compte. Rien n’a été autorisé.',
  'problem.form_outdated.next': 'Regardez la page de nouveau, puis décidez.',
  'problem.cross_site_form.title': 'Cela ne vient pas de notre page',
  'problem.cross_site_form.why':
    'Un autre site a tenté d’envoyer un formulaire ici en votre nom. Rien n’a été fait.',
  'problem.cross_site_form.next':
    'Fermez cette fenêtre. Si vous étiez en train de vous connecter, recommencez depuis l’application.',
  'problem.provider_answer_invalid.title': 'La réponse du service de connexion est inutilisable',
  'problem.provider_answer_invalid.why':
    'Elle était incomplète, ou ne correspondait pas à la connexion commencée ici.',
  'problem.provider_answer_invalid.next': 'Recommencez depuis l’application.',
  'problem.sign_in_failed.title': 'La connexion a échoué',
  'problem.sign_in_failed.why': 'La réponse du service de connexion n’a pas pu être acceptée.',
  'problem.sign_in_failed.next':
    'Réessayez. Si cela se reproduit, votre administrateur trouvera la raison grâce à la référence ci-dessous.',
  'problem.sign_in_denied.title': 'Vous n’êtes pas connecté',
  'problem.sign_in_denied.why': 'La connexion a été annulée, ou le service de connexion l’a refusée.',
  'problem.sign_in_denied.next': 'Réessayez, ou utilisez un autre compte.',
  'problem.account_not_allowed.title': 'Ce compte ne peut pas se connecter ici',
  'problem.account_not_allowed.why':
    'Vous vous êtes connecté, mais votre administrateur n’admet que d’autres comptes : selon le domaine de l’adresse e-mail, le groupe ou l’organisation.',
  'problem.account_not_allowed.next': 'Utilisez un autre compte, ou demandez l’accès à votre administrateur.',
  'problem.provider_unavailable.title': 'Le service de connexion ne répond pas',
  'problem.provider_unavailable.why': 'Il est injoignable ou trop lent. C’est peut-être passager.',
  'problem.provider_unavailable.next': 'Attendez une minute et réessayez.',
  'problem.temporarily_unavailable.title': 'Indisponible pour le moment',
  'problem.temporarily_unavailable.why':
    'Un élément dont ce serveur dépend ne répond pas. C’est peut-être passager.',
  'problem.temporarily_unavailable.next': 'Attendez une minute et réessayez.',
  'problem.server_error.title': 'Un problème est survenu ici',
  'problem.server_error.why': 'C’est une erreur du serveur, pas la vôtre.',
  'problem.server_error.next':
    'Réessayez. Si cela se reproduit, votre administrateur trouvera la raison grâce à la référence ci-dessous.',
  'problem.method_not_allowed.title': 'Cette page ne s’utilise pas ainsi',
  'problem.method_not_allowed.why': 'La demande utilisait une méthode qui n’est pas admise ici.',
  'problem.method_not_allowed.next': 'Recommencez depuis l’application.',
  'problem.too_many_requests.title': 'Trop de tentatives',
  'problem.too_many_requests.why':
    'Beaucoup de demandes sont venues de votre réseau, ou de vous, en une minute. Rien n’a été fait cette fois.',
  'problem.too_many_requests.next': 'Attendez une minute, puis réessayez.',
  'problem.client_error.title': 'L’application a demandé quelque chose d’impossible',
  'problem.client_error.why': 'La demande n’a pas été acceptée : {detail}',
  'problem.client_error.next':
    'Retournez à l’application et recommencez. Si cela se reproduit, donnez à ses auteurs la référence ci-dessous.',

  'advice.claude-code':
    'Dans Claude Code : saisissez /mcp, choisissez ce serveur, puis « Clear authentication » et « Authenticate ».',
  'advice.claude': 'Dans Claude : ouvrez Settings, Connectors, déconnectez ce connecteur et reconnectez-le.',
  'advice.chatgpt':
    'Dans ChatGPT : ouvrez Settings, Apps & Connectors, déconnectez ce connecteur et reconnectez-le.',
  'advice.codex':
    'Dans Codex : lancez « codex mcp logout » puis « codex mcp login », chacun avec le nom de ce serveur.',
  'advice.cursor':
    'Dans Cursor : ouvrez Settings, Tools & MCP, déconnectez-vous de ce serveur ou retirez-le, puis reconnectez-le.',
  'advice.vscode':
    'Dans VS Code : lancez « Authentication: Remove Dynamic Authentication Providers » depuis la palette de commandes, puis redémarrez le serveur.',
  'advice.gemini-cli': 'Dans Gemini CLI : saisissez « /mcp auth » avec le nom de ce serveur.',
  'advice.mcp-remote':
    'mcp-remote : supprimez le dossier .mcp-auth de votre répertoire personnel, puis relancez-le.',

  'connect.title': 'Connecter {account}',
  'connect.explain':
    '{name} utilisera votre compte {account} lorsque des applications que vous avez autorisées appellent ce serveur pour vous. Vous pouvez le déconnecter à tout moment.',
  'connect.explainShared':
    '{name} utilisera ce compte {account} pour toutes les personnes qui utilisent la passerelle. Vous le connectez en tant qu’administrateur.',
  'connect.with': 'La suite se passe sur',
  'connect.start': 'Continuer vers {account}',
  'connect.key': 'Clé d’API',
  'connect.saveKey': 'Enregistrer la clé',
  'connect.keyRefused': 'Cette clé ne peut pas être utilisée. Copiez-la de nouveau, sans espaces.',
  'connect.doneTitle': '{account} est connecté',
  'connect.done': 'Revenez à l’application et réessayez. Vous pouvez fermer cette fenêtre.',
  'problem.connect_other_user.title': 'Ce lien est destiné à quelqu’un d’autre',
  'problem.connect_other_user.why':
    'Il demande à une autre personne de connecter un compte. Rien n’a été connecté.',
  'problem.connect_other_user.next':
    'Ne continuez pas si quelqu’un vous a envoyé ce lien. Sinon, déconnectez-vous, puis connectez-vous en tant que la personne pour laquelle l’application travaille.',
  'problem.connect_admin_only.title': 'Réservé aux administrateurs',
  'problem.connect_admin_only.why':
    'Ce compte est partagé par toutes les personnes qui utilisent la passerelle.',
  'problem.connect_admin_only.next': 'Demandez à votre administrateur de le connecter.',
  'problem.connect_failed.title': 'Le compte n’a pas été connecté',
  'problem.connect_failed.why':
    'L’autre service n’a pas répondu, a refusé, ou a donné une réponse inacceptable.',
  'problem.connect_failed.next':
    'Réessayez. Si cela se reproduit, votre administrateur trouvera la raison grâce à la référence ci-dessous.',
  'problem.connect_expired.title': 'Cette tentative est terminée',
  'problem.connect_expired.why':
    'Elle a déjà servi, a duré trop longtemps, ou a été commencée dans un autre navigateur ou par une autre personne.',
  'problem.connect_expired.next': 'Recommencez depuis l’application ou depuis la page d’où vous venez.',

  'account.title': 'Votre compte',
  'account.apps': 'Applications que vous avez autorisées',
  'account.noApps': 'Vous n’avez autorisé aucune application.',
  'account.callsItself': 'Elle se présente comme « {name} ».',
  'account.named': '« {name} »',
  'account.ownName': 'L’application a choisi ce nom elle-même.',
  'account.nameless': 'Une application sans nom',
  'account.canDo': 'Elle peut',
  'account.since': 'Depuis',
  'account.lastUse': 'Dernière activité',
  'account.ends': 'Prend fin',
  'account.revoke': 'Retirer l’accès',
  'account.accounts': 'Comptes utilisés par les applications',
  'account.automatic': 'Par votre connexion',
  'account.connectAgain': 'À connecter de nouveau',
  'account.notConnected': 'Non connecté',
  'account.shared': 'Partagé par toutes les personnes qui utilisent {name}. Un administrateur s’en occupe.',
  'account.allowedThere': 'Autorisé là-bas',
  'account.reconnect': 'Connecter de nouveau',
  'account.disconnect': 'Déconnecter',
  'problem.account_entry_gone.title': 'Ceci ne figure pas dans votre compte',
  'problem.account_entry_gone.why':
    'L’accès a déjà été retiré ou déconnecté, ou il ne vous appartient pas. Rien n’a été modifié.',
  'problem.account_entry_gone.next': 'Consultez de nouveau la page de votre compte.',

  ...operatorsFr,
}
