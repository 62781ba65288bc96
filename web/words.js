// What the page says, in four languages: one line for each sentence, and
// {name} where something is put in.

const LANGUAGES = ["en", "pt", "es", "ar"];

// key: [English, Portuguese, Spanish, Arabic]
const WORDS = {
  account: ["Account", "Conta", "Cuenta", "الحساب"],
  actions: ["Actions", "Ações", "Acciones", "إجراءات"],
  all: ["All", "Tudo", "Todo", "الكل"],
  allow_notices: ["Allow notifications", "Permitir notificações", "Permitir notificaciones", "السماح بالإشعارات"],
  answering: ["{who} is answering", "{who} está a responder", "{who} está respondiendo", "{who} يكتب الرد"],
  ask_location: ["Ask for the location", "Pedir a localização", "Pedir la ubicación", "طلب الموقع"],
  ask_location_text: ["Please share your location.", "Por favor, partilhe a sua localização.", "Por favor, comparta su ubicación.", "يرجى مشاركة موقعك."],
  assign: ["Assign", "Atribuir", "Asignar", "إسناد"],
  assigned_to: ["Assigned to {name}", "Atribuída a {name}", "Asignada a {name}", "مسندة إلى {name}"],
  attach: ["Attach", "Anexar", "Adjuntar", "إرفاق"],
  audio: ["Audio", "Áudio", "Audio", "صوت"],
  back: ["Back", "Voltar", "Volver", "رجوع"],
  blocked: ["blocked", "bloqueado", "bloqueado", "محظور"],
  button: ["Button", "Botão", "Botón", "زر"],
  buttons: ["Buttons", "Botões", "Botones", "أزرار"],
  call: ["Call", "Chamada", "Llamada", "مكالمة"],
  call_accepted: ["Call in progress", "Chamada em curso", "Llamada en curso", "مكالمة جارية"],
  call_allowed: ["Calls allowed", "Chamadas permitidas", "Llamadas permitidas", "تم السماح بالمكالمات"],
  call_answered: ["Call", "Chamada", "Llamada", "مكالمة"],
  call_declined: ["Call declined", "Chamada recusada", "Llamada rechazada", "مكالمة مرفوضة"],
  call_missed: ["Missed call", "Chamada perdida", "Llamada perdida", "مكالمة فائتة"],
  call_refused: ["Calls refused", "Chamadas recusadas", "Llamadas rechazadas", "تم رفض المكالمات"],
  call_ringing: ["Ringing", "A tocar", "Sonando", "يرن"],
  call_unanswered: ["Call not answered", "Chamada não atendida", "Llamada sin respuesta", "مكالمة بلا رد"],
  cancel: ["Cancel", "Cancelar", "Cancelar", "إلغاء"],
  change: ["Change", "Alterar", "Cambiar", "تغيير"],
  changed_elsewhere: ["This draft was changed in another window.", "Este rascunho foi alterado noutra janela.", "Este borrador se cambió en otra ventana.", "تم تغيير هذه المسودة في نافذة أخرى."],
  choose: ["Choose", "Escolher", "Elegir", "اختيار"],
  choose_conversation: ["Choose a conversation", "Escolha uma conversa", "Elija una conversación", "اختر محادثة"],
  choose_password: ["Choose a password", "Escolha uma palavra-passe", "Elija una contraseña", "اختر كلمة مرور"],
  choose_template: ["Choose a template", "Escolher um modelo", "Elegir una plantilla", "اختيار قالب"],
  close: ["Close", "Fechar", "Cerrar", "إغلاق"],
  closed_before: ["The page was closed before it was sent.", "A página foi fechada antes do envio.", "La página se cerró antes de enviarlo.", "أُغلقت الصفحة قبل إرسالها."],
  code: ["Code", "Código", "Código", "الرمز"],
  code_needed: ["Enter the six digits of your authenticator.", "Introduza os seis dígitos do autenticador.", "Introduzca los seis dígitos del autenticador.", "أدخل الأرقام الستة من تطبيق المصادقة."],
  contact: ["Contact", "Contacto", "Contacto", "جهة اتصال"],
  contacts: ["Contact", "Contacto", "Contacto", "جهة اتصال"],
  conversations: ["Conversations", "Conversas", "Conversaciones", "المحادثات"],
  copy: ["Copy", "Copiar", "Copiar", "نسخ"],
  delete: ["Delete", "Eliminar", "Eliminar", "حذف"],
  deleted: ["This message was deleted", "Esta mensagem foi apagada", "Este mensaje fue eliminado", "تم حذف هذه الرسالة"],
  details: ["Details", "Detalhes", "Detalles", "التفاصيل"],
  did_assign: ["{who} assigned it to {whom}", "{who} atribuiu a {whom}", "{who} la asignó a {whom}", "أسندها {who} إلى {whom}"],
  did_closed: ["{who} closed it", "{who} fechou", "{who} la cerró", "أغلقها {who}"],
  did_label_added: ["{who} added {label}", "{who} adicionou {label}", "{who} añadió {label}", "أضاف {who} {label}"],
  did_label_removed: ["{who} removed {label}", "{who} removeu {label}", "{who} quitó {label}", "أزال {who} {label}"],
  did_blocked: ["{who} blocked the customer", "{who} bloqueou o cliente", "{who} bloqueó al cliente", "حظر {who} العميل"],
  did_unblocked: ["{who} unblocked the customer", "{who} desbloqueou o cliente", "{who} desbloqueó al cliente", "ألغى {who} حظر العميل"],
  did_left: ["{who} left; nobody is assigned", "{who} saiu; ninguém está atribuído", "{who} se fue; nadie está asignado", "غادر {who}؛ لا أحد معيَّن"],
  did_link: ["{who} linked a contact", "{who} ligou um contacto", "{who} vinculó un contacto", "ربط {who} جهة اتصال"],
  did_open: ["{who} opened it", "{who} abriu", "{who} la abrió", "فتحها {who}"],
  did_pending: ["{who} set it aside", "{who} deixou pendente", "{who} la dejó pendiente", "علّقها {who}"],
  did_snoozed: ["{who} snoozed it until {at}", "{who} adiou até {at}", "{who} la pospuso hasta {at}", "أجّلها {who} حتى {at}"],
  did_something: ["{who}: {what}", "{who}: {what}", "{who}: {what}", "{who}: {what}"],
  did_unassign: ["{who} assigned it to nobody", "{who} retirou a atribuição", "{who} quitó la asignación", "ألغى {who} الإسناد"],
  did_unlink: ["{who} unlinked the contact", "{who} desligou o contacto", "{who} desvinculó el contacto", "فك {who} ربط جهة الاتصال"],
  discard: ["Discard", "Descartar", "Descartar", "تجاهل"],
  document: ["Document", "Documento", "Documento", "مستند"],
  download: ["Download", "Transferir", "Descargar", "تنزيل"],
  edited: ["edited", "editada", "editado", "معدّلة"],
  edits: ["What it was before", "O que era antes", "Lo que era antes", "ما كانت عليه قبل"],
  email: ["E-mail", "E-mail", "Correo", "البريد الإلكتروني"],
  emoji: ["Emoji", "Emoji", "Emoji", "رموز"],
  enlarge: ["Enlarge", "Ampliar", "Ampliar", "تكبير"],
  enter_breaks: ["Enter begins a new line", "Enter começa uma linha", "Intro empieza una línea", "مفتاح الإدخال يبدأ سطراً"],
  enter_sends: ["Enter sends", "Enter envia", "Intro envía", "مفتاح الإدخال يرسل"],
  file: ["File", "Ficheiro", "Archivo", "ملف"],
  filter: ["Filter", "Filtrar", "Filtrar", "تصفية"],
  form: ["Form", "Formulário", "Formulario", "نموذج"],
  forwarded: ["Forwarded", "Encaminhada", "Reenviado", "معاد توجيهها"],
  from_ad: ["From an advertisement", "De um anúncio", "De un anuncio", "من إعلان"],
  go_on: ["Continue", "Continuar", "Continuar", "متابعة"],
  go_to: ["Go to {name}", "Ir para {name}", "Ir a {name}", "الانتقال إلى {name}"],
  image: ["Photo", "Foto", "Foto", "صورة"],
  in_1_hour: ["In an hour", "Dentro de uma hora", "En una hora", "بعد ساعة"],
  in_3_hours: ["In three hours", "Dentro de três horas", "En tres horas", "بعد ثلاث ساعات"],
  interactive: ["Message with choices", "Mensagem com opções", "Mensaje con opciones", "رسالة تفاعلية"],
  is_blocked: ["This customer is blocked.", "Este cliente está bloqueado.", "Este cliente está bloqueado.", "هذا العميل محظور."],
  key_assign: ["Assign", "Atribuir", "Asignar", "إسناد"],
  key_back: ["Back", "Voltar", "Volver", "رجوع"],
  key_choose: ["Choose, for several at once", "Escolher, para várias", "Elegir, para varias", "اختيار لعدة محادثات"],
  key_close: ["Close, or open again", "Fechar ou reabrir", "Cerrar o reabrir", "إغلاق أو إعادة فتح"],
  key_details: ["Details", "Detalhes", "Detalles", "التفاصيل"],
  key_me: ["Assign to me", "Atribuir a mim", "Asignarme", "إسناد إليّ"],
  key_move: ["Next and previous conversation", "Conversa seguinte e anterior", "Conversación siguiente y anterior", "المحادثة التالية والسابقة"],
  key_note: ["Private note", "Nota privada", "Nota privada", "ملاحظة خاصة"],
  key_reply: ["Write an answer", "Escrever resposta", "Escribir respuesta", "كتابة رد"],
  key_search: ["Search", "Procurar", "Buscar", "بحث"],
  key_snooze: ["Snooze", "Adiar", "Posponer", "تأجيل"],
  key_unread: ["Mark as unread", "Marcar como não lida", "Marcar como no leída", "وضع علامة غير مقروءة"],
  keys: ["Keyboard", "Teclado", "Teclado", "لوحة المفاتيح"],
  keys_hint: ["Press ? for what the keyboard does.", "Prima ? para os atalhos.", "Pulse ? para los atajos.", "اضغط ? لعرض الاختصارات."],
  kind_edit: ["Edited a message", "Editou uma mensagem", "Editó un mensaje", "عدّل رسالة"],
  kind_ephemeral: ["Disappearing message", "Mensagem temporária", "Mensaje temporal", "رسالة مؤقتة"],
  kind_media_placeholder: ["Media", "Multimédia", "Multimedia", "وسائط"],
  kind_payment: ["Payment", "Pagamento", "Pago", "دفعة"],
  kind_pin: ["Pinned a message", "Fixou uma mensagem", "Fijó un mensaje", "ثبّت رسالة"],
  kind_poll: ["Poll", "Sondagem", "Encuesta", "استطلاع"],
  kind_request_welcome: ["Opened the chat", "Abriu a conversa", "Abrió el chat", "فتح المحادثة"],
  kind_revoke: ["Deleted a message", "Apagou uma mensagem", "Eliminó un mensaje", "حذف رسالة"],
  kind_video_note: ["Video message", "Mensagem de vídeo", "Mensaje de video", "رسالة فيديو"],
  kind_view_once: ["View once", "Visualização única", "Ver una sola vez", "عرض لمرة واحدة"],
  labels: ["Labels", "Marcadores", "Marcas", "التصنيفات"],
  location: ["Location", "Localização", "Ubicación", "موقع"],
  mark_read: ["Mark as read", "Marcar como lida", "Marcar como leída", "وضع علامة مقروءة"],
  mark_unread: ["Mark as unread", "Marcar como não lida", "Marcar como no leída", "وضع علامة غير مقروءة"],
  media_failed: ["The file could not be fetched", "Não foi possível obter o ficheiro", "No se pudo obtener el archivo", "تعذر جلب الملف"],
  media_missing: ["The file is not here any more", "O ficheiro já não está aqui", "El archivo ya no está aquí", "الملف لم يعد هنا"],
  media_pending: ["The file is on its way", "O ficheiro está a caminho", "El archivo está en camino", "الملف في الطريق"],
  message: ["Message", "Mensagem", "Mensaje", "رسالة"],
  messages: ["Messages", "Mensagens", "Mensajes", "الرسائل"],
  more: ["More", "Mais", "Más", "المزيد"],
  n_chosen: ["{n} chosen", "{n} escolhidas", "{n} elegidas", "تم اختيار {n}"],
  new_messages: ["New messages", "Novas mensagens", "Mensajes nuevos", "رسائل جديدة"],
  new_password: ["New password", "Nova palavra-passe", "Contraseña nueva", "كلمة مرور جديدة"],
  next_week: ["Next week", "Na próxima semana", "La próxima semana", "الأسبوع القادم"],
  no_answer: ["The server cannot be reached. Is the network there?", "Não é possível contactar o servidor. Há rede?", "No se puede contactar con el servidor. ¿Hay red?", "تعذر الوصول إلى الخادم. هل الشبكة متاحة؟"],
  nobody: ["Nobody", "Ninguém", "Nadie", "لا أحد"],
  not_here: ["That message is not here.", "Essa mensagem não está aqui.", "Ese mensaje no está aquí.", "تلك الرسالة ليست هنا."],
  not_sent: ["Not sent.", "Não enviada.", "No enviado.", "لم تُرسل."],
  note: ["Private note", "Nota privada", "Nota privada", "ملاحظة خاصة"],
  note_is_private: ["A private note: the customer does not see it.", "Nota privada: o cliente não a vê.", "Nota privada: el cliente no la ve.", "ملاحظة خاصة: لا يراها العميل."],
  nothing_found: ["Nothing found", "Nada encontrado", "Nada encontrado", "لا نتائج"],
  nothing_here: ["Nothing here", "Nada aqui", "Nada aquí", "لا شيء هنا"],
  number_limited: ["{number} sends with limits: {why}", "{number} envia com limites: {why}", "{number} envía con límites: {why}", "{number} يرسل بقيود: {why}"],
  number_low: ["{number}: customers rate it low, its limit may fall", "{number}: os clientes avaliam-no mal, o limite pode descer", "{number}: los clientes lo valoran mal, su límite puede bajar", "{number}: تقييم العملاء منخفض، وقد ينخفض الحد"],
  number_waits: ["{number} does not send: {why}", "{number} não envia: {why}", "{number} no envía: {why}", "{number} لا يرسل: {why}"],
  open_again: ["Open again", "Reabrir", "Reabrir", "إعادة فتح"],
  order: ["Order", "Encomenda", "Pedido", "طلب"],
  other_time: ["Another time", "Outra hora", "Otra hora", "وقت آخر"],
  password: ["Password", "Palavra-passe", "Contraseña", "كلمة المرور"],
  people: ["People", "Pessoas", "Personas", "أشخاص"],
  phone: ["Phone", "Telefone", "Teléfono", "الهاتف"],
  quoted: ["An earlier message", "Uma mensagem anterior", "Un mensaje anterior", "رسالة سابقة"],
  react: ["React with {emoji}", "Reagir com {emoji}", "Reaccionar con {emoji}", "التفاعل بـ {emoji}"],
  reaction: ["Reaction", "Reação", "Reacción", "تفاعل"],
  record: ["Record a voice message", "Gravar mensagem de voz", "Grabar mensaje de voz", "تسجيل رسالة صوتية"],
  reply: ["Reply", "Responder", "Responder", "رد"],
  retry: ["Try again", "Tentar de novo", "Reintentar", "إعادة المحاولة"],
  save: ["Save", "Guardar", "Guardar", "حفظ"],
  saved: ["Saved", "Guardado", "Guardado", "تم الحفظ"],
  search: ["Search", "Procurar", "Buscar", "بحث"],
  search_all: ["Search people and messages", "Procurar pessoas e mensagens", "Buscar personas y mensajes", "بحث في الأشخاص والرسائل"],
  search_incomplete: ["What came just now may be missing.", "O que acabou de chegar pode faltar.", "Puede faltar lo que acaba de llegar.", "قد ينقص ما وصل للتو."],
  second_factor: ["This workspace wants a second factor of everybody.", "Este espaço exige um segundo fator.", "Este espacio exige un segundo factor.", "تتطلب مساحة العمل عاملاً ثانياً."],
  send: ["Send", "Enviar", "Enviar", "إرسال"],
  set_pending: ["Set aside", "Deixar pendente", "Dejar pendiente", "تعليق"],
  settings: ["Settings", "Definições", "Ajustes", "الإعدادات"],
  sign_in: ["Sign in", "Iniciar sessão", "Iniciar sesión", "تسجيل الدخول"],
  sign_out: ["Sign out", "Terminar sessão", "Cerrar sesión", "تسجيل الخروج"],
  snooze: ["Snooze", "Adiar", "Posponer", "تأجيل"],
  source_api: ["Another program", "Outro programa", "Otro programa", "برنامج آخر"],
  source_automatic: ["Automatic", "Automática", "Automático", "تلقائي"],
  source_command_line: ["Command line", "Linha de comandos", "Línea de comandos", "سطر الأوامر"],
  source_customer: ["Customer", "Cliente", "Cliente", "العميل"],
  source_phone_app: ["The phone", "O telemóvel", "El teléfono", "الهاتف"],
  stale: ["No connection: what is shown may be old.", "Sem ligação: o que se vê pode estar desatualizado.", "Sin conexión: lo que se ve puede ser antiguo.", "لا اتصال: قد يكون المعروض قديماً."],
  state: ["State", "Estado", "Estado", "الحالة"],
  state_closed: ["closed", "fechada", "cerrada", "مغلقة"],
  state_pending: ["set aside", "pendente", "pendiente", "معلّقة"],
  state_snoozed: ["snoozed until", "adiada até", "pospuesta hasta", "مؤجلة حتى"],
  status_delivered: ["delivered", "entregue", "entregado", "تم التسليم"],
  status_failed: ["failed", "falhou", "falló", "فشلت"],
  status_played: ["played", "ouvida", "reproducido", "تم التشغيل"],
  status_queued: ["queued", "em fila", "en cola", "في الانتظار"],
  status_read: ["read", "lida", "leído", "مقروءة"],
  status_sending: ["sending", "a enviar", "enviando", "جارٍ الإرسال"],
  status_sent: ["sent", "enviada", "enviado", "تم الإرسال"],
  sticker: ["Sticker", "Autocolante", "Sticker", "ملصق"],
  system: ["Notice", "Aviso", "Aviso", "إشعار"],
  teams: ["Teams", "Equipas", "Equipos", "الفرق"],
  template: ["Template", "Modelo", "Plantilla", "قالب"],
  text: ["Text", "Texto", "Texto", "نص"],
  to_me: ["To me", "A mim", "A mí", "إليّ"],
  tomorrow: ["Tomorrow", "Amanhã", "Mañana", "غداً"],
  total: ["Total", "Total", "Total", "المجموع"],
  turn_on: ["Turn on", "Ativar", "Activar", "تفعيل"],
  unknown: ["Unknown", "Desconhecido", "Desconocido", "غير معروف"],
  unread: ["unread", "não lidas", "sin leer", "غير مقروءة"],
  unsent: ["Messages that were not sent: {n}", "Mensagens que não foram enviadas: {n}", "Mensajes que no se enviaron: {n}", "رسائل لم تُرسل: {n}"],
  unsupported: ["{type}: open it on the phone", "{type}: abra no telemóvel", "{type}: ábralo en el teléfono", "{type}: افتحها على الهاتف"],
  until: ["Until", "Até", "Hasta", "حتى"],
  username: ["Username", "Nome de utilizador", "Nombre de usuario", "اسم المستخدم"],
  video: ["Video", "Vídeo", "Vídeo", "فيديو"],
  view_all: ["All", "Todas", "Todas", "الكل"],
  view_closed: ["Closed", "Fechadas", "Cerradas", "المغلقة"],
  view_mine: ["Mine", "Minhas", "Mías", "لي"],
  view_pending: ["Set aside", "Pendentes", "Pendientes", "المعلّقة"],
  view_snoozed: ["Snoozed", "Adiadas", "Pospuestas", "المؤجلة"],
  view_unanswered: ["Waiting", "À espera", "Esperando", "بانتظار رد"],
  view_unassigned: ["Unassigned", "Sem responsável", "Sin asignar", "غير مسندة"],
  view_unread: ["Unread", "Não lidas", "Sin leer", "غير مقروءة"],
  views: ["Views", "Vistas", "Vistas", "العروض"],
  waits: ["waits to be sent", "à espera de envio", "espera el envío", "بانتظار الإرسال"],
  waits_since: ["Waits for an answer since {at}", "À espera de resposta desde {at}", "Espera respuesta desde {at}", "بانتظار رد منذ {at}"],
  webhooks_refused: ["Customers' messages do not arrive: the server refuses webhooks", "As mensagens dos clientes não chegam: o servidor recusa webhooks", "Los mensajes de los clientes no llegan: el servidor rechaza webhooks", "رسائل العملاء لا تصل: الخادم يرفض الويب هوك"],
  window_closed: ["The customer wrote more than 24 hours ago: only a template can be sent.", "O cliente escreveu há mais de 24 horas: só pode enviar um modelo.", "El cliente escribió hace más de 24 horas: solo se puede enviar una plantilla.", "مر أكثر من 24 ساعة على رسالة العميل: يمكن إرسال قالب فقط."],
  window_closes: ["The window closes in {left} ({at}).", "A janela fecha em {left} ({at}).", "La ventana se cierra en {left} ({at}).", "تُغلق النافذة بعد {left} ({at})."],
  window_until: ["open until {at}", "aberta até {at}", "abierta hasta {at}", "مفتوحة حتى {at}"],
  with_chosen: ["With those that are chosen", "Com as escolhidas", "Con las elegidas", "مع المختارة"],
  write: ["Write a message", "Escreva uma mensagem", "Escriba un mensaje", "اكتب رسالة"],
  write_note: ["Write a private note", "Escrever nota privada", "Escribir nota privada", "كتابة ملاحظة خاصة"],
  you: ["You", "Eu", "Tú", "أنت"],
};

function choose() {
  const wanted = [localStorage.getItem("waspool-language"), ...(navigator.languages || [])];
  for (const l of wanted)
    if (l && LANGUAGES.includes(l.slice(0, 2).toLowerCase()))
      return l;
  return "en";
}

const chosen = choose();
const column = LANGUAGES.indexOf(chosen.slice(0, 2).toLowerCase());

// As Intl takes it: pt-BR, say.
export function language() {
  return chosen;
}

export function direction() {
  return LANGUAGES[column] === "ar" ? "rtl" : "ltr";
}

// The words of a part that is loaded later.
export function learn(words) {
  Object.assign(WORDS, words);
}

export function t(key, values) {
  const words = WORDS[key];
  const text = words ? words[column] : key;
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : text;
}

// What a refusal means, for a person.
export function explain(p) {
  if (p.status === 0)
    return t("no_answer");
  if (p.type === "second-factor")
    return t("second_factor");
  if (p.type === "window-closed")
    return t("window_closed");
  const fields = (p.errors || []).map(e => `${e.field}: ${e.message}`).join("; ");
  return fields || p.message || String(p.status ?? p);
}

export { WORDS, LANGUAGES };
