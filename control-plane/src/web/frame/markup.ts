// A view as it is sent: whatever it shows, nothing in it is there and not seen. Pure.
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { visibleMarkup } from "@countersign/shared/values/visible-text";
import { withSymbols } from "../look/icons.tsx";

/** The whole document. */
export async function markupOf(view: Child): Promise<string> {
  const markup = await html`<!doctype html>${view}`;
  return withSymbols(visibleMarkup(String(markup)));
}
