// What owners and admins have to know of the server, and of webhooks that do not
// arrive where they go.  A number that does not send is told to everybody, by the
// inbox itself.

import { api } from "./api.js";
import { whole } from "./format.js";
import { learn, t } from "./words.js";

learn({
  health_clock_wrong: ["The server's clock is wrong: set it.", "O relógio do servidor está errado: acerte-o.", "El reloj del servidor está mal: ajústelo.", "ساعة الخادم خاطئة: اضبطها."],
  health_disk_full: ["The server's disk is almost full: when it is, nothing arrives and nothing is sent. Make room on it.", "O disco do servidor está quase cheio: quando estiver, nada chega e nada é enviado. Liberte espaço.", "El disco del servidor está casi lleno: cuando lo esté, nada llegará ni se enviará. Libere espacio.", "قرص الخادم شبه ممتلئ: إذا امتلأ فلن يصل شيء ولن يُرسل شيء. أفرغ مساحة عليه."],
  health_files_stopped: ["The server's disk is almost full: customers' files wait, and none can be attached. Make room on it.", "O disco do servidor está quase cheio: os ficheiros dos clientes esperam e não se pode anexar nenhum. Liberte espaço.", "El disco del servidor está casi lleno: los archivos de los clientes esperan y no se puede adjuntar ninguno. Libere espacio.", "قرص الخادم شبه ممتلئ: ملفات العملاء تنتظر ولا يمكن إرفاق أي ملف. أفرغ مساحة عليه."],
  health_processor_away: ["The server does not read what arrives, and sends nothing: start waspool-process.", "O servidor não lê o que chega e não envia nada: inicie waspool-process.", "El servidor no lee lo que llega y no envía nada: inicie waspool-process.", "الخادم لا يقرأ ما يصل ولا يرسل شيئاً: شغّل waspool-process."],
  health_webhooks_away: ["Customers' messages do not arrive: start webhook-ingest on the server.", "As mensagens dos clientes não chegam: inicie webhook-ingest no servidor.", "Los mensajes de los clientes no llegan: inicie webhook-ingest en el servidor.", "رسائل العملاء لا تصل: شغّل webhook-ingest على الخادم."],
  health_webhooks_refused: ["Customers' messages do not arrive: the server refuses webhooks. Its disk or the log of webhook-ingest says why.", "As mensagens dos clientes não chegam: o servidor recusa webhooks. O disco ou o registo de webhook-ingest diz porquê.", "Los mensajes de los clientes no llegan: el servidor rechaza webhooks. Su disco o el registro de webhook-ingest dice por qué.", "رسائل العملاء لا تصل: الخادم يرفض الويب هوك. قرصه أو سجل webhook-ingest يبيّن السبب."],
  endpoint_fails: ["Changes do not reach {url}: {why}", "As alterações não chegam a {url}: {why}", "Los cambios no llegan a {url}: {why}", "التغييرات لا تصل إلى {url}: {why}"],
});

const TOLD = ["clock_wrong", "disk_full", "files_stopped", "processor_away", "webhooks_away", "webhooks_refused"];

// Sentences; REFUSED is what everybody is told of webhooks, where nothing here
// says more.
export async function troubles(model, refused) {
  const [{ problems }, endpoints] = await Promise.all([
    api("GET", "/health").catch(() => ({ problems: [] })),
    model.all("/webhook-endpoints").catch(() => []),
  ]);
  const said = problems.filter(p => TOLD.includes(p.reason));
  return [
    ...said.some(p => p.reason.startsWith("webhooks_")) ? [] : refused,
    ...said.map(p => t("health_" + p.reason) + (p.since ? ` (${whole(p.since)})` : "")),
    ...endpoints.filter(e => e.failing_since || ["failing", "gone"].includes(e.reason)).map(e =>
      t("endpoint_fails", { url: new URL(e.url).host, why: e.last_attempt?.error || e.reason || "" })),
  ];
}
