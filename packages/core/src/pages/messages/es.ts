import type { Messages } from './en.ts'
import { operatorsEs } from './operators/es.ts'

export const es: Messages = {
  'consent.title': '¿Permitir el acceso a {resource}?',
  'consent.asks': '{client} quiere usar {resource}',
  'consent.localApp': 'Una aplicación de este equipo',
  'consent.schemeApp': 'Una aplicación de este dispositivo',
  'consent.callsItself':
    'Se presenta como «{name}». Cualquiera puede elegir un nombre: fíjese en la dirección de arriba.',
  'consent.callsItselfPlain': 'Se presenta como «{name}». Cualquiera puede elegir un nombre.',
  'consent.warnLoopback':
    'Cualquier programa de este equipo puede hacerse pasar por esta aplicación. Continúe solo si acaba de iniciar esto usted, desde una aplicación en la que confía.',
  'consent.warnScheme':
    'La respuesta irá a la aplicación de este dispositivo que abre las direcciones «{scheme}». Continúe solo si acaba de iniciar esto usted.',
  'consent.warnUnvetted':
    'Su administrador no ha comprobado esta aplicación. Continúe solo si sabe quién está detrás de la dirección de arriba.',
  'consent.returnsTo': 'La respuesta va a',
  'consent.thisComputer': 'Este equipo ({host})',
  'consent.appWithScheme': 'La aplicación de las direcciones «{scheme}»',
  'consent.access': 'Acceso a',
  'consent.canDo': 'Podrá',
  'consent.offline': 'Seguir conectada cuando usted no esté',
  'consent.accounts': 'Cuentas con las que trabaja',
  'consent.connected': 'Conectada',
  'consent.connect': 'Conectar {account}',
  'consent.connectFirst': 'Conecte lo que falta y después podrá permitir el acceso.',
  'consent.signedInAs': 'Sesión iniciada como',
  'consent.notYou': '¿No es usted?',
  'consent.remember': 'No volver a preguntar por esta aplicación durante {days} días',
  'consent.allow': 'Permitir',
  'consent.cancel': 'Cancelar',
  'consent.note': 'Permita solo lo que haya iniciado usted. Podrá retirarlo más adelante.',

  'chooser.title': 'Iniciar sesión',
  'chooser.toContinue': 'Inicie sesión para acceder a {resource}',
  'chooser.client': '{client} lo ha pedido y recibirá la respuesta en {host}.',
  'chooser.with': 'Continuar con {provider}',
  'chooser.byEmail': 'O escriba su dirección de correo',
  'chooser.email': 'Correo electrónico',
  'chooser.next': 'Siguiente',
  'chooser.unknownDomain':
    'No hay ningún inicio de sesión configurado para esa dirección. Elija otra opción.',
  'chooser.cancel': 'Cancelar',

  'finish.approvedTitle': 'Acceso permitido',
  'finish.approved': 'Vuelva a la aplicación. Puede cerrar esta ventana.',
  'finish.openApp': 'Si la aplicación no aparece, ábrala:',
  'finish.open': 'Abrir {client}',
  'finish.continueTitle': 'Un paso más',
  'finish.continue': 'Continúe a {host} para terminar.',
  'finish.continueButton': 'Continuar a {host}',
  'finish.deniedTitle': 'Acceso no permitido',
  'finish.denied': 'No ha permitido el acceso. La aplicación no ha recibido nada.',
  'finish.return': 'Volver a {host}',
  'finish.returnNote': 'Siga este enlace solo si conoce {host}.',

  'device.title': 'Conectar un dispositivo',
  'device.explain': 'Introduzca el código que muestra su dispositivo.',
  'device.code': 'Código',
  'device.next': 'Siguiente',
  'device.wrong':
    'Ningún dispositivo espera con este código. Compruébelo; caduca a los diez minutos y el dispositivo muestra uno nuevo.',
  'device.app': 'Una aplicación en otro dispositivo',
  'device.compare':
    'Continúe solo si este código aparece en un dispositivo que tiene delante y acaba de iniciar esto en él usted. Si alguien le ha enviado el código o un enlace, cancele.',
  'device.allowed': 'Vuelva a su dispositivo. Puede cerrar esta ventana.',
  'device.denied': 'No se ha compartido nada con el dispositivo.',

  'logout.title': 'Cerrar sesión',
  'logout.question': '¿Cerrar la sesión de {name} en este navegador?',
  'logout.consequence':
    'Las aplicaciones permitidas conservan su acceso hasta que usted lo retire. Tras el próximo inicio de sesión se le volverá a preguntar.',
  'logout.confirm': 'Cerrar sesión',
  'logout.doneTitle': 'Sesión cerrada',
  'logout.done': 'Ha cerrado la sesión de {name} en este navegador. Puede cerrar esta ventana.',

  'error.why': 'Por qué',
  'error.next': 'Qué hacer',
  'error.reference': 'Referencia',
  'error.referenceNote':
    'Indique esta referencia a su administrador: con ella se encuentra el registro de este intento.',
  'error.retry': 'Reintentar',
  'error.otherAccount': 'Usar otra cuenta',

  'problem.invalid_request.title': 'Este enlace está incompleto',
  'problem.invalid_request.why':
    'La aplicación abrió esta página con una solicitud que no se entiende: {detail}',
  'problem.invalid_request.next':
    'Vuelva a la aplicación y empiece de nuevo. Si se repite, avise a sus autores.',
  'problem.unknown_client.title': 'Esta aplicación no se conoce aquí',
  'problem.unknown_client.why':
    'La aplicación usó un registro que no existe o que ya no existe: puede haber caducado.',
  'problem.unknown_client.next':
    'Haga que la aplicación olvide su registro anterior y vuelva a conectarla: quite este servidor de ella y añádalo de nuevo.',
  'problem.client_unavailable.title': 'No se pudo comprobar esta aplicación',
  'problem.client_unavailable.why':
    'La aplicación se describe en una dirección web cuyo contenido no se puede usar.',
  'problem.client_unavailable.next': 'Espere un minuto y empiece de nuevo desde la aplicación.',
  'problem.redirect_uri_not_registered.title': 'Esta aplicación dio una dirección de retorno incorrecta',
  'problem.redirect_uri_not_registered.why':
    'La dirección a la que iría la respuesta no es de las que registró la aplicación. No se ha enviado nada allí.',
  'problem.redirect_uri_not_registered.next':
    'Si llegó aquí por un enlace, no se fíe de él. Si no, haga que la aplicación se registre de nuevo: quite este servidor de ella y añádalo otra vez.',
  'problem.unknown_resource.title': 'Aquí no hay nada',
  'problem.unknown_resource.why': 'Esa dirección no existe en este servidor.',
  'problem.unknown_resource.next': 'Compruebe la dirección del servidor MCP en su aplicación.',
  'problem.attempt_expired.title': 'Esta página ha caducado',
  'problem.attempt_expired.why': 'El inicio de sesión tardó demasiado o ya ha terminado.',
  'problem.attempt_expired.next': 'Cierre esta ventana y empiece de nuevo desde la aplicación.',
  'problem.other_browser.title': 'Esta página no pertenece a este navegador',
  'problem.other_browser.why':
    'El inicio de sesión empezó en otro navegador u otra ventana, o este navegador no guarda cookies de este sitio. Ocurre en ventanas privadas, en vistas integradas y cuando las cookies están bloqueadas.',
  'problem.other_browser.next':
    'Empiece de nuevo desde la aplicación y deje que abra su navegador habitual. No continúe un inicio de sesión que le haya enviado otra persona.',
  'problem.login_finished.title': 'Este inicio de sesión ya ha terminado',
  'problem.login_finished.why':
    'La página se cargó dos veces, tardó demasiado, o el inicio de sesión no empezó aquí.',
  'problem.login_finished.next': 'Vuelva a la aplicación. Si no está conectada, empiece de nuevo desde ella.',
  'problem.form_outdated.title': 'Este formulario ya no es actual',
  'problem.form_outdated.why':
    'Desde que se mostró, ha iniciado sesión de nuevo o con otra cuenta. No se ha permitido nada.',
  'problem.form_outdated.next': 'Mire la página otra vez y decida.',
  'problem.cross_site_form.title': 'Esto no vino de nuestra página',
  'problem.cross_site_form.why':
    'Otro sitio web intentó enviar aquí un formulario en su nombre. No se ha hecho nada.',
  'problem.cross_site_form.next':
    'Cierre esta ventana. Si estaba iniciando sesión, empiece de nuevo desde la aplicación.',
  'problem.provider_answer_invalid.title': 'La respuesta del servicio de inicio de sesión no sirve',
  'problem.provider_answer_invalid.why':
    'Estaba incompleta o no correspondía al inicio de sesión que empezó aquí.',
  'problem.provider_answer_invalid.next': 'Empiece de nuevo desde la aplicación.',
  'problem.sign_in_failed.title': 'No se pudo iniciar sesión',
  'problem.sign_in_failed.why': 'No se pudo aceptar la respuesta del servicio de inicio de sesión.',
  'problem.sign_in_failed.next':
    'Inténtelo de nuevo. Si se repite, su administrador encontrará el motivo con la referencia de abajo.',
  'problem.sign_in_denied.title': 'No ha iniciado sesión',
  'problem.sign_in_denied.why':
    'El inicio de sesión se canceló, o el servicio de inicio de sesión lo rechazó.',
  'problem.sign_in_denied.next': 'Inténtelo de nuevo o use otra cuenta.',
  'problem.account_not_allowed.title': 'Esta cuenta no puede iniciar sesión aquí',
  'problem.account_not_allowed.why':
    'Ha iniciado sesión, pero su administrador solo admite otras cuentas: por dominio de correo, grupo u organización.',
  'problem.account_not_allowed.next': 'Use otra cuenta o pida acceso a su administrador.',
  'problem.provider_unavailable.title': 'El servicio de inicio de sesión no responde',
  'problem.provider_unavailable.why': 'No está disponible o es demasiado lento. Puede ser pasajero.',
  'problem.provider_unavailable.next': 'Espere un minuto e inténtelo de nuevo.',
  'problem.temporarily_unavailable.title': 'No disponible por ahora',
  'problem.temporarily_unavailable.why':
    'Una parte de la que depende este servidor no responde. Puede ser pasajero.',
  'problem.temporarily_unavailable.next': 'Espere un minuto e inténtelo de nuevo.',
  'problem.server_error.title': 'Algo ha fallado aquí',
  'problem.server_error.why': 'Es un error del servidor, no suyo.',
  'problem.server_error.next':
    'Inténtelo de nuevo. Si se repite, su administrador encontrará el motivo con la referencia de abajo.',
  'problem.method_not_allowed.title': 'Esta página no se usa así',
  'problem.method_not_allowed.why': 'La solicitud usó un método que aquí no se admite.',
  'problem.method_not_allowed.next': 'Empiece de nuevo desde la aplicación.',
  'problem.too_many_requests.title': 'Demasiados intentos',
  'problem.too_many_requests.why':
    'Han llegado muchas solicitudes desde su red, o de usted, en un minuto. Esta vez no se ha hecho nada.',
  'problem.too_many_requests.next': 'Espere un minuto e inténtelo de nuevo.',
  'problem.client_error.title': 'La aplicación pidió algo que no se puede conceder',
  'problem.client_error.why': 'La solicitud no se aceptó: {detail}',
  'problem.client_error.next':
    'Vuelva a la aplicación y empiece de nuevo. Si se repite, indique a sus autores la referencia de abajo.',

  'advice.claude-code':
    'En Claude Code: escriba /mcp, elija este servidor y después «Clear authentication» y «Authenticate».',
  'advice.claude': 'En Claude: abra Settings, Connectors, desconecte este conector y vuelva a conectarlo.',
  'advice.chatgpt':
    'En ChatGPT: abra Settings, Apps & Connectors, desconecte este conector y vuelva a conectarlo.',
  'advice.codex':
    'En Codex: ejecute «codex mcp logout» y después «codex mcp login», ambos con el nombre de este servidor.',
  'advice.cursor':
    'En Cursor: abra Settings, Tools & MCP, cierre la sesión de este servidor o quítelo, y vuelva a conectarlo.',
  'advice.vscode':
    'En VS Code: ejecute «Authentication: Remove Dynamic Authentication Providers» desde la paleta de comandos y reinicie el servidor.',
  'advice.gemini-cli': 'En Gemini CLI: escriba «/mcp auth» con el nombre de este servidor.',
  'advice.mcp-remote':
    'mcp-remote: borre la carpeta .mcp-auth de su directorio personal y vuelva a iniciarlo.',

  'connect.title': 'Conectar {account}',
  'connect.explain':
    '{name} usará su cuenta de {account} cuando las aplicaciones que ha permitido llamen a este servidor por usted. Puede desconectarla en cualquier momento.',
  'connect.explainShared':
    '{name} usará esta cuenta de {account} para todas las personas que usan la pasarela. La conecta como administrador.',
  'connect.with': 'Continúa en',
  'connect.start': 'Continuar a {account}',
  'connect.key': 'Clave de API',
  'connect.saveKey': 'Guardar la clave',
  'connect.keyRefused': 'Esa clave no se puede usar. Cópiela de nuevo, sin espacios.',
  'connect.doneTitle': '{account} está conectada',
  'connect.done': 'Vuelva a la aplicación e inténtelo de nuevo. Puede cerrar esta ventana.',
  'problem.connect_other_user.title': 'Este enlace es para otra persona',
  'problem.connect_other_user.why': 'Pide a otra persona que conecte una cuenta. No se ha conectado nada.',
  'problem.connect_other_user.next':
    'No continúe si alguien le envió este enlace. Si no, cierre la sesión e iníciela como la persona para la que trabaja la aplicación.',
  'problem.connect_admin_only.title': 'Solo un administrador puede hacerlo',
  'problem.connect_admin_only.why': 'Esta cuenta la comparten todas las personas que usan la pasarela.',
  'problem.connect_admin_only.next': 'Pida a su administrador que la conecte.',
  'problem.connect_failed.title': 'La cuenta no se ha conectado',
  'problem.connect_failed.why':
    'El otro servicio no respondió, se negó o dio una respuesta que no se puede aceptar.',
  'problem.connect_failed.next':
    'Inténtelo de nuevo. Si vuelve a ocurrir, su administrador encontrará el motivo con la referencia de abajo.',
  'problem.connect_expired.title': 'Este intento ha terminado',
  'problem.connect_expired.why':
    'Ya se usó, tardó demasiado o se inició en otro navegador o por otra persona.',
  'problem.connect_expired.next': 'Empiece de nuevo desde la aplicación o desde la página de la que vino.',

  'account.title': 'Su cuenta',
  'account.apps': 'Aplicaciones que ha permitido',
  'account.noApps': 'No ha permitido ninguna aplicación.',
  'account.callsItself': 'Se hace llamar «{name}».',
  'account.named': '«{name}»',
  'account.ownName': 'La propia aplicación ha elegido este nombre.',
  'account.nameless': 'Una aplicación sin nombre',
  'account.canDo': 'Puede',
  'account.since': 'Desde',
  'account.lastUse': 'Última actividad',
  'account.ends': 'Termina',
  'account.revoke': 'Retirar el acceso',
  'account.accounts': 'Cuentas con las que trabajan las aplicaciones',
  'account.automatic': 'Por su inicio de sesión',
  'account.connectAgain': 'Debe conectarse de nuevo',
  'account.notConnected': 'Sin conectar',
  'account.shared': 'Compartida por todas las personas que usan {name}. Un administrador se ocupa de ella.',
  'account.allowedThere': 'Permitido allí',
  'account.reconnect': 'Conectar de nuevo',
  'account.disconnect': 'Desconectar',
  'problem.account_entry_gone.title': 'Esto no está en su cuenta',
  'problem.account_entry_gone.why': 'Ya se ha retirado o desconectado, o no es suyo. No se ha cambiado nada.',
  'problem.account_entry_gone.next': 'Vuelva a mirar la página de su cuenta.',

  ...operatorsEs,
}
