// Shows a page of the `terminal` channel to the person at this terminal. Its texts come from hosts, so control characters are made
// visible: a host must not be able to rewrite the terminal.
import { visibleLines } from "@countersign/shared/values/visible-text";
import type { TerminalPage } from "./workerd-messages.ts";

/** A page as lines of text. */
export function formatPage(page: TerminalPage): string {
  const field = (name: string) => visibleLines(typeof page[name] === "string" ? page[name] : "");
  const lines = [
    `── ${new Date().toLocaleTimeString()}  PAGE to ${field("responder")}  ${field("severity")} ──`,
    field("title"),
    ...field("body").split("\n"),
    ...(field("url") === "" ? [] : [`→ ${field("url")}`]),
  ];
  return `\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
