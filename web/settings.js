// What is kept for the team, and for oneself: pages of their own at
// #/settings/…, each read when it is looked at, and anew when what it shows has
// changed.  Whoever may not change something does not see its button; the API
// refuses it all the same.

import { el, fill, iconButton } from "./dom.js";
import { button } from "./panel.js";
import { explain, t } from "./words.js";

export { secondFactor } from "./settings_account.js";

const SOON = 300;       // changes that come one after the other are read once

// name, the module that has it, for whom beside owners, what changes it
const SECTIONS = [
  ["people", () => import("./settings_people.js"), "agent", ["workspace_event.created"]],
  ["sorts", () => import("./settings_sorts.js"), "agent", ["workspace"]],
  ["replies", () => import("./settings_replies.js"), "agent", ["canned_reply.updated"]],
  ["numbers", () => import("./settings_numbers.js"), "agent", ["workspace"]],
  ["templates", () => import("./settings_templates.js"), "agent", ["template.updated"]],
  ["broadcasts", () => import("./settings_broadcasts.js"), "agent", ["broadcast.updated"]],
  ["contacts", () => import("./settings_contacts.js"), "agent", ["fields"]],
  ["hours", () => import("./settings_hours.js"), "agent", []],
  ["reports", () => import("./settings_reports.js"), "admin", []],
  ["programs", () => import("./settings_programs.js"), "admin", []],
  ["audit", () => import("./settings_audit.js"), "admin", ["workspace_event.created"]],
  ["account", () => import("./settings_account.js"), "agent", []],
];

// Of those that have the focus in turn, those of one name.
function alike(body, name) {
  return [...body.querySelectorAll("a[href], button, input, select, textarea")].filter(e => labelOf(e) === name);
}

function labelOf(e) {
  return e.getAttribute("aria-label") || e.textContent;
}

export class Settings {
  constructor(model, name, leave, signal) {
    const shown = SECTIONS.filter(s => s[2] === "agent" || model.isAdmin);
    this.model = model;
    this.section = shown.find(s => s[0] === name) || shown[0];
    this.state = {};            // of the section, as long as it is looked at
    this.body = el("div", { class: "settings-body" });
    this.element = el("div", { class: "settings" },
      el("header", { class: "top" }, iconButton("back", t("back"), leave), el("h1", null, t("settings"))),
      el("nav", { class: "views", "aria-label": t("settings") }, shown.map(s => el("a", { href: "#/settings/" + s[0],
        "aria-current": s === this.section ? "page" : null }, t("settings_" + s[0])))),
      this.body);
    model.listen("other", e => this.heard(e.type), signal);
    for (const type of ["workspace", "fields"])
      model.listen(type, () => this.heard(type), signal);
    this.body.addEventListener("focusout", () => this.late && this.soon());
    signal.addEventListener("abort", () => clearTimeout(this.timer));
    this.draw();
  }

  heard(type) {
    if (this.section[3].includes(type))
      this.soon();
  }

  // Nothing is taken from who is writing.
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late = document.activeElement?.matches(".settings-body :is(input, select, textarea)");
      if (!this.late)
        this.draw();
    }, SOON);
  }

  // What is asked for last is what is shown.
  async draw() {
    const mine = this.drawing = {}, name = "settings_" + this.section[0];
    let parts;
    try {
      const { show } = await this.section[1]();
      parts = await show(this.model, () => this.draw(), this.state);
    } catch (p) {
      parts = [el("p", { role: "alert" }, explain(p)), button(t("retry"), () => this.draw())];
    }
    if (mine !== this.drawing)
      return;
    this.put([el("h2", { tabindex: "-1" }, t(name)), parts]);
    this.element.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // In the place of what was there; who was at a button is at it afterwards.
  put(parts) {
    const at = document.activeElement, had = this.body.contains(at) && at !== this.body;
    const name = had && labelOf(at), index = had ? alike(this.body, name).indexOf(at) : 0;
    fill(this.body, parts);
    if (had) {
      const same = alike(this.body, name);
      (same[Math.min(index, same.length - 1)] || this.body.firstChild).focus({ preventScroll: true });
    }
  }
}
