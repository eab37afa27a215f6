import type { Messages } from './en.ts'
import { operatorsJa } from './operators/ja.ts'

export const ja: Messages = {
  'consent.title': '{resource} へのアクセスを許可しますか？',
  'consent.asks': '{client} が {resource} の利用を求めています',
  'consent.localApp': 'このコンピューター上のアプリ',
  'consent.schemeApp': 'このデバイス上のアプリ',
  'consent.callsItself':
    'このアプリは「{name}」と名乗っています。名前は誰でも自由に付けられます。上のアドレスで判断してください。',
  'consent.callsItselfPlain': 'このアプリは「{name}」と名乗っています。名前は誰でも自由に付けられます。',
  'consent.warnLoopback':
    'このコンピューター上のどのプログラムでも、このアプリになりすますことができます。信頼できるアプリから、たった今ご自身で始めた場合にのみ続けてください。',
  'consent.warnScheme':
    '応答は、このデバイスで「{scheme}」のアドレスを扱うアプリに送られます。たった今ご自身で始めた場合にのみ続けてください。',
  'consent.warnUnvetted':
    'このアプリは管理者による確認を受けていません。上のアドレスの運営者がわかる場合にのみ続けてください。',
  'consent.returnsTo': '応答の送信先',
  'consent.thisComputer': 'このコンピューター（{host}）',
  'consent.appWithScheme': '「{scheme}」のアドレスを扱うアプリ',
  'consent.access': 'アクセス先',
  'consent.canDo': '許可される操作',
  'consent.offline': 'あなたが不在の間も接続を維持する',
  'consent.accounts': '利用するアカウント',
  'consent.connected': '接続済み',
  'consent.connect': '{account} を接続',
  'consent.connectFirst': '未接続のアカウントを接続すると、アクセスを許可できます。',
  'consent.signedInAs': 'サインイン中のアカウント',
  'consent.notYou': '別の方ですか？',
  'consent.remember': 'このアプリについては {days} 日間確認しない',
  'consent.allow': '許可',
  'consent.cancel': 'キャンセル',
  'consent.note': 'ご自身で始めたものだけを許可してください。許可は後で取り消せます。',

  'chooser.title': 'サインイン',
  'chooser.toContinue': '{resource} を利用するにはサインインしてください',
  'chooser.client': '{client} が要求しています。応答は {host} に送られます。',
  'chooser.with': '{provider} で続ける',
  'chooser.byEmail': 'またはメールアドレスを入力してください',
  'chooser.email': 'メールアドレス',
  'chooser.next': '次へ',
  'chooser.unknownDomain': 'そのアドレスに対応するサインイン方法はありません。ほかの方法を選んでください。',
  'chooser.cancel': 'キャンセル',

  'finish.approvedTitle': 'アクセスを許可しました',
  'finish.approved': 'アプリに戻ってください。このウィンドウは閉じてかまいません。',
  'finish.openApp': 'アプリが表示されない場合は、ここから開いてください。',
  'finish.open': '{client} を開く',
  'finish.continueTitle': 'あと一歩です',
  'finish.continue': '{host} に進んで完了してください。',
  'finish.continueButton': '{host} に進む',
  'finish.deniedTitle': 'アクセスを許可しませんでした',
  'finish.denied': 'アクセスは許可されていません。アプリには何も渡されていません。',
  'finish.return': '{host} に戻る',
  'finish.returnNote': '{host} を知っている場合にのみ、このリンクを開いてください。',

  'device.title': 'デバイスの接続',
  'device.explain': 'デバイスに表示されているコードを入力してください。',
  'device.code': 'コード',
  'device.next': '次へ',
  'device.wrong':
    'このコードで待機しているデバイスはありません。コードを確認してください。コードは 10 分で失効し、デバイスに新しいコードが表示されます。',
  'device.app': '別のデバイス上のアプリ',
  'device.compare':
    'このコードが目の前のデバイスに表示されており、そのデバイスで今ご自身が操作を始めた場合にのみ続けてください。コードやリンクが誰かから送られてきた場合は、キャンセルしてください。',
  'device.allowed': 'デバイスに戻ってください。このウィンドウは閉じてかまいません。',
  'device.denied': 'デバイスには何も共有されていません。',

  'logout.title': 'サインアウト',
  'logout.question': 'このブラウザーで {name} からサインアウトしますか？',
  'logout.consequence':
    '許可したアプリのアクセスは、取り消すまで有効です。次回サインインすると、再び確認が求められます。',
  'logout.confirm': 'サインアウト',
  'logout.doneTitle': 'サインアウトしました',
  'logout.done': 'このブラウザーで {name} からサインアウトしました。このウィンドウは閉じてかまいません。',

  'error.why': '理由',
  'error.next': '対処方法',
  'error.reference': '参照番号',
  'error.referenceNote': '管理者にこの番号を伝えると、この操作の記録を確認できます。',
  'error.retry': 'もう一度試す',
  'error.otherAccount': '別のアカウントを使う',

  'problem.invalid_request.title': 'このリンクは不完全です',
  'problem.invalid_request.why': 'アプリからの要求を理解できません: {detail}',
  'problem.invalid_request.next':
    'アプリに戻って最初からやり直してください。繰り返し起こる場合は、アプリの開発元に知らせてください。',
  'problem.unknown_client.title': 'このアプリは登録されていません',
  'problem.unknown_client.why': 'アプリが使った登録は存在しないか、期限切れで無効になっています。',
  'problem.unknown_client.next':
    'アプリの古い登録を消して接続し直してください。アプリからこのサーバーを削除し、もう一度追加します。',
  'problem.client_unavailable.title': 'このアプリを確認できませんでした',
  'problem.client_unavailable.why': 'アプリの情報が置かれているウェブアドレスの内容を利用できませんでした。',
  'problem.client_unavailable.next': '1 分ほど待ってから、アプリで最初からやり直してください。',
  'problem.redirect_uri_not_registered.title': 'アプリが指定した戻り先が正しくありません',
  'problem.redirect_uri_not_registered.why':
    '応答の送信先が、アプリの登録した宛先と一致しません。そこには何も送られていません。',
  'problem.redirect_uri_not_registered.next':
    'リンクからこのページに来た場合は、そのリンクを信用しないでください。そうでない場合は、アプリからこのサーバーを削除してもう一度追加し、登録し直してください。',
  'problem.unknown_resource.title': 'ここには何もありません',
  'problem.unknown_resource.why': 'このサーバーにそのアドレスはありません。',
  'problem.unknown_resource.next': 'アプリに設定した MCP サーバーのアドレスを確認してください。',
  'problem.attempt_expired.title': 'このページの有効期限が切れました',
  'problem.attempt_expired.why': 'サインインに時間がかかりすぎたか、すでに完了しています。',
  'problem.attempt_expired.next': 'このウィンドウを閉じて、アプリで最初からやり直してください。',
  'problem.other_browser.title': 'このページはこのブラウザーのものではありません',
  'problem.other_browser.why':
    'サインインが別のブラウザーやウィンドウで始められたか、このブラウザーがこのサイトの Cookie を保存していません。プライベートウィンドウ、埋め込み表示、厳しい Cookie 制限で起こります。',
  'problem.other_browser.next':
    'アプリで最初からやり直し、普段のブラウザーで開いてください。ほかの人から送られてきたサインインは続けないでください。',
  'problem.login_finished.title': 'このサインインはすでに完了しています',
  'problem.login_finished.why':
    'ページが二度読み込まれたか、時間がかかりすぎたか、ここで始めたサインインではありません。',
  'problem.login_finished.next':
    'アプリに戻ってください。接続されていない場合は、そこから最初からやり直してください。',
  'problem.form_outdated.title': 'このフォームは古くなっています',
  'problem.form_outdated.why':
    '表示された後に、もう一度、または別のアカウントでサインインが行われました。何も許可されていません。',
  'problem.form_outdated.next': 'ページをもう一度確認してから決めてください。',
  'problem.cross_site_form.title': 'このページからの操作ではありません',
  'problem.cross_site_form.why':
    '別のウェブサイトが、あなたの名前でフォームを送ろうとしました。何も実行されていません。',
  'problem.cross_site_form.next':
    'このウィンドウを閉じてください。サインインの途中だった場合は、アプリで最初からやり直してください。',
  'problem.provider_answer_invalid.title': 'サインインサービスの応答を利用できません',
  'problem.provider_answer_invalid.why': '応答が不完全か、ここで始めたサインインと一致しませんでした。',
  'problem.provider_answer_invalid.next': 'アプリで最初からやり直してください。',
  'problem.sign_in_failed.title': 'サインインできませんでした',
  'problem.sign_in_failed.why': 'サインインサービスの応答を受け入れられませんでした。',
  'problem.sign_in_failed.next':
    'もう一度試してください。繰り返し起こる場合は、管理者が下の参照番号で原因を確認できます。',
  'problem.sign_in_denied.title': 'サインインしていません',
  'problem.sign_in_denied.why': 'サインインが取り消されたか、サインインサービスに拒否されました。',
  'problem.sign_in_denied.next': 'もう一度試すか、別のアカウントを使ってください。',
  'problem.account_not_allowed.title': 'このアカウントではサインインできません',
  'problem.account_not_allowed.why':
    'サインインは行われましたが、管理者はメールのドメイン、グループ、または組織によって、ほかのアカウントだけを許可しています。',
  'problem.account_not_allowed.next': '別のアカウントを使うか、管理者にアクセス権を依頼してください。',
  'problem.provider_unavailable.title': 'サインインサービスが応答しません',
  'problem.provider_unavailable.why':
    'サービスが停止しているか、応答が遅すぎます。一時的なものかもしれません。',
  'problem.provider_unavailable.next': '1 分ほど待ってから、もう一度試してください。',
  'problem.temporarily_unavailable.title': '現在利用できません',
  'problem.temporarily_unavailable.why':
    'このサーバーに必要な部分が応答していません。一時的なものかもしれません。',
  'problem.temporarily_unavailable.next': '1 分ほど待ってから、もう一度試してください。',
  'problem.server_error.title': '問題が発生しました',
  'problem.server_error.why': 'サーバー側の誤りです。あなたの操作が原因ではありません。',
  'problem.server_error.next':
    'もう一度試してください。繰り返し起こる場合は、管理者が下の参照番号で原因を確認できます。',
  'problem.method_not_allowed.title': 'このページはそのようには利用できません',
  'problem.method_not_allowed.why': 'ここでは受け付けていない方法で要求されました。',
  'problem.method_not_allowed.next': 'アプリで最初からやり直してください。',
  'problem.too_many_requests.title': '試行回数が多すぎます',
  'problem.too_many_requests.why':
    'お使いのネットワーク、またはあなたから、1 分間に多数の要求がありました。今回は何も行われていません。',
  'problem.too_many_requests.next': '1 分ほど待ってから、もう一度お試しください。',
  'problem.client_error.title': 'アプリの要求には応じられません',
  'problem.client_error.why': '要求は受け付けられませんでした: {detail}',
  'problem.client_error.next':
    'アプリに戻って最初からやり直してください。繰り返し起こる場合は、下の参照番号をアプリの開発元に知らせてください。',

  'advice.claude-code':
    'Claude Code の場合: /mcp と入力してこのサーバーを選び、「Clear authentication」、続けて「Authenticate」を選びます。',
  'advice.claude': 'Claude の場合: Settings の Connectors を開き、このコネクタを切断してから接続し直します。',
  'advice.chatgpt':
    'ChatGPT の場合: Settings の Apps & Connectors を開き、このコネクタを切断してから接続し直します。',
  'advice.codex':
    'Codex の場合: このサーバーの名前を付けて「codex mcp logout」、続けて「codex mcp login」を実行します。',
  'advice.cursor':
    'Cursor の場合: Settings の Tools & MCP を開き、このサーバーからログアウトするか削除してから接続し直します。',
  'advice.vscode':
    'VS Code の場合: コマンドパレットで「Authentication: Remove Dynamic Authentication Providers」を実行し、サーバーを起動し直します。',
  'advice.gemini-cli': 'Gemini CLI の場合: このサーバーの名前を付けて「/mcp auth」と入力します。',
  'advice.mcp-remote':
    'mcp-remote の場合: ホームディレクトリの .mcp-auth フォルダーを削除してから起動し直します。',

  'connect.title': '{account} を接続',
  'connect.explain':
    'あなたが許可したアプリがこのサーバーを呼び出すとき、{name} はあなたの {account} アカウントを使います。接続はいつでも解除できます。',
  'connect.explainShared':
    '{name} は、このゲートウェイを使う全員のためにこの {account} アカウントを使います。管理者として接続します。',
  'connect.with': '続きの接続先',
  'connect.start': '{account} に進む',
  'connect.key': 'API キー',
  'connect.saveKey': 'キーを保存',
  'connect.keyRefused': 'このキーは使えません。空白を入れずにもう一度コピーしてください。',
  'connect.doneTitle': '{account} を接続しました',
  'connect.done': 'アプリに戻ってもう一度お試しください。このウィンドウは閉じてかまいません。',
  'problem.connect_other_user.title': 'このリンクは別の人のものです',
  'problem.connect_other_user.why':
    '別のユーザーにアカウントの接続を求めるリンクです。何も接続されていません。',
  'problem.connect_other_user.next':
    '誰かから送られたリンクであれば、続けないでください。そうでなければサインアウトし、アプリを使っている本人としてサインインしてください。',
  'problem.connect_admin_only.title': '管理者だけが行えます',
  'problem.connect_admin_only.why': 'このアカウントは、ゲートウェイを使う全員で共有されています。',
  'problem.connect_admin_only.next': '管理者に接続を依頼してください。',
  'problem.connect_failed.title': 'アカウントを接続できませんでした',
  'problem.connect_failed.why':
    '相手のサービスが応答しないか、拒否したか、受け入れられない応答を返しました。',
  'problem.connect_failed.next':
    'もう一度お試しください。繰り返す場合は、下の参照番号で管理者が原因を確認できます。',
  'problem.connect_expired.title': 'この接続の手続きは終了しました',
  'problem.connect_expired.why':
    'すでに使われたか、時間がかかりすぎたか、別のブラウザーまたは別の人が始めたものです。',
  'problem.connect_expired.next': 'アプリ、または元のページからやり直してください。',

  'account.title': 'あなたのアカウント',
  'account.apps': '許可したアプリ',
  'account.noApps': '許可したアプリはありません。',
  'account.callsItself': 'このアプリは「{name}」と名乗っています。',
  'account.named': '「{name}」',
  'account.ownName': 'この名前はアプリが自分で付けたものです。',
  'account.nameless': '名前のないアプリ',
  'account.canDo': 'できること',
  'account.since': '開始',
  'account.lastUse': '最終利用',
  'account.ends': '終了',
  'account.revoke': 'アクセスを取り消す',
  'account.accounts': 'アプリが利用するアカウント',
  'account.automatic': 'サインインにより接続',
  'account.connectAgain': '再接続が必要',
  'account.notConnected': '未接続',
  'account.shared': '{name} を使う全員で共有しています。管理者が管理します。',
  'account.allowedThere': '接続先での許可',
  'account.reconnect': '再接続',
  'account.disconnect': '接続を解除',
  'problem.account_entry_gone.title': 'あなたのアカウントにはありません',
  'problem.account_entry_gone.why':
    'すでに取り消されたか接続が解除されているか、あなたのものではありません。何も変更されていません。',
  'problem.account_entry_gone.next': 'アカウントのページをもう一度確認してください。',

  ...operatorsJa,
}
