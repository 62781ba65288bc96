// A voice message is recorded: in the row of the composer, until it is sent or
// thrown away.

import { el, iconButton, toast } from "./dom.js";
import { duration } from "./format.js";
import { oggOf } from "./ogg.js";
import { learn, t } from "./words.js";

learn({
  no_microphone: ["The microphone may not be used.", "O microfone não pode ser usado.", "No se puede usar el micrófono.", "لا يمكن استخدام الميكروفون."],
});

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST = 15 * 60000;

async function fileOf(chunks, kind) {
  const blob = new Blob(chunks, { type: kind });
  if (kind.startsWith("audio/webm"))
    return new File([oggOf(new Uint8Array(await blob.arrayBuffer()))], "voice.ogg",
      { type: "audio/ogg" });
  return new File([blob], kind.startsWith("audio/mp4") ? "voice.m4a" : "voice.ogg", { type: kind });
}

// Records into COMPOSER; TAKE gets the file.
export async function recorder(composer, take) {
  const before = document.activeElement;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    toast(t("no_microphone"), true);
    return;
  }
  const kind = KINDS.find(k => MediaRecorder.isTypeSupported(k));
  const r = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 24000 });
  const chunks = [], began = Date.now(), time = el("span", { role: "timer" }, duration(0));
  const end = send => {
    clearInterval(ticking);
    bar.remove();
    before?.focus();
    composer.classList.remove("recording");
    r.onstop = async () => {
      stream.getTracks().forEach(track => track.stop());
      if (send && chunks.length)
        take(await fileOf(chunks, kind));
    };
    r.stop();
  };
  const bar = el("div", { class: "recorder" },
    iconButton("close", t("discard"), () => end(false)), el("span", { class: "dot" }), time,
    iconButton("send", t("send"), () => end(true), { class: "icon-button send" }));
  bar.addEventListener("keydown", e => {
    if (e.key === "Escape") {
      e.stopPropagation();
      end(false);
    }
  });
  const ticking = setInterval(() => {
    time.textContent = duration((Date.now() - began) / 1000);
    if (Date.now() - began > LONGEST)
      end(true);
  }, 500);
  r.ondataavailable = e => e.data.size && chunks.push(e.data);
  r.start(1000);
  composer.classList.add("recording");
  composer.append(bar);
  bar.querySelector(".send").focus();
}
