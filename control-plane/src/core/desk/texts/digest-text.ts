// What a digest says: the gravest of what it brings, how much more there is, and of each page its title and when it was
// held. Pure. Titles are the pages' own, so nothing stands here that no page might say.
import { clockAt } from "../../words/clock-text.ts";
import { writtenOut } from "../../words/exact-text.ts";
import type { Page } from "../records/pages/page.ts";
import type { PageText } from "./page-texts.ts";

/** Pages that a digest names; of more it says how many there are. */
export const DIGEST_NAMED_MAX = 20;

const LINE_CHARS_MAX = 160;

/** The text of a digest of pages, the gravest of them first. */
export function digestText(pages: readonly Page[], timeZone: string): PageText {
  const [first, ...others] = pages;
  if (first !== undefined && others.length === 0) return lessText(first, timeZone);
  const incidents = new Set(pages.map(({ incidentId }) => incidentId)).size;
  const on = incidents === 1 ? "" : ` on ${incidents} incidents`;
  const more = pages.length - DIGEST_NAMED_MAX;
  const lines = [
    "Held back while you got so much, and all in one:",
    ...pages
      .slice(0, DIGEST_NAMED_MAX)
      .map(({ createdAt, title }) => `${clockAt(createdAt, timeZone)} ${title}`),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ];
  return {
    title: writtenOut(`${pages[0]?.title ?? ""}, and ${pages.length - 1} more${on}`),
    body: lines.map((line) => clip(writtenOut(line))).join("\n"),
  };
}

/** Of one page that is left, and that says less than it did. */
function lessText({ createdAt, title }: Page, timeZone: string): PageText {
  const lines = [`${clockAt(createdAt, timeZone)} ${title}`, "What else it said has changed meanwhile."];
  return { title: writtenOut(title), body: lines.map((line) => clip(writtenOut(line))).join("\n") };
}

function clip(line: string): string {
  return line.length <= LINE_CHARS_MAX ? line : `${line.slice(0, LINE_CHARS_MAX - 1)}…`;
}
