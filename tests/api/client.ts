// A client that is written from docs/openapi.yaml alone, compiled and not run:
// what a type says of content, and an event of its object, has to be found by
// the compiler.
import type { components, paths } from "./waspool";

type Schemas = components["schemas"];

export function line(message: Schemas["Message"]): string {
  switch (message.type) {
    case "text":
      return message.content.body;
    case "image":
    case "video":
      return message.content.caption ?? message.content.mime_type ?? "";
    case "document":
      return message.content.filename ?? "";
    case "interactive":
      return message.content.button_reply?.title ?? "";
    case "call":
      return message.content.state;
    case "contacts":
      return message.content.contacts?.[0]?.name?.formatted_name ?? "";
    case "unknown":
      return message.content.type ?? "";
    default:
      return message.error?.title ?? message.context?.wamid ?? "";
  }
}

export function seen(event: Schemas["StreamEvent"]): number {
  if ("last_seq" in event) return event.last_seq;
  switch (event.type) {
    case "message.created":
      return event.object === null ? 0 : line(event.object).length;
    case "conversation.updated":
      return event.object?.unread_count ?? 0;
    case "presence.updated":
      return event.expires_in;    // it has no seq
    default:
      return event.seq;
  }
}

type Page = paths["/conversations"]["get"]["responses"]["200"]["content"];

export const unread = (page: Page["application/json"]): number =>
  page.data.filter((c) => !c.is_read && c.last_message?.type === "text").length;

// @ts-expect-error: an image has no body
export const wrong = (m: Schemas["ImageMessage"]) => m.content.body;
// @ts-expect-error: misspelt
export const misspelt = (m: Schemas["TextMessage"]) => m.content.bdoy;

export const text: Schemas["Outgoing"] = { type: "text", text: { body: "Hi" } };
