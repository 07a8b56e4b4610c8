// A replay as a person reads it at a terminal: one line per thing that happened, with its offset from the start, and then what was
// expected. Pure. Colours only where the terminal wants them.
import { stripVTControlCharacters } from "node:util";
import type { Incident } from "./incident-file.ts";
import { isAsking } from "./judge-expectations.ts";
import type { RecordedPage } from "./replay-record.ts";
import type { Replay } from "./run-replay.ts";
import { offsetText } from "./written-times.ts";

const PAGES_PRINTED_MAX = 200;
const OFFSET_CHARS = 12;
const COLOURS = {
  page: "31;1",
  asks: "33",
  refuses: "35",
  runs: "36",
  quiet: "2",
  good: "32",
  bad: "31;1",
} as const;

export interface TimelineLine {
  readonly at: number;
  readonly text: string;
}

export type Paint = (colour: keyof typeof COLOURS, text: string) => string;

/** Paints for a terminal, or leaves the text as it is. */
export function paintFor(isColoured: boolean): Paint {
  return (colour, text) => (isColoured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text);
}

/** The story's lines in the order in which they happened. */
export function timelineOf({ record }: Pick<Replay, "record">, paint: Paint): readonly TimelineLine[] {
  const lines: TimelineLine[] = [
    ...record.lines.map(({ at, who, text }) => ({
      at,
      text: who === "note" ? text : paint("quiet", `${who === "history" ? "· " : ""}${text}`),
    })),
    ...record.pages
      .slice(0, PAGES_PRINTED_MAX)
      .map((page) => ({ at: page.at, text: paint("page", pageText(page)) })),
    ...record.findings.slice(0, PAGES_PRINTED_MAX).map(({ at, reason, title }) => ({
      at,
      text: paint("asks", `IN SHADOW, would page [${reason}] ${plain(title)}`),
    })),
    ...record.proposals.map(({ at, host, service, argv }) => ({
      at,
      text: paint("asks", `PROPOSAL ${service ?? ""} on ${host}: ${argv.join(" ")}`),
    })),
    ...record.refusals.map(({ at, host, by, reason }) => ({
      at,
      text: paint("refuses", `REFUSED by the ${by}${host === null ? "" : ` (${host})`}: ${reason}`),
    })),
    ...record.actions.map(({ at, host, service, action }) => ({
      at,
      text: paint("runs", `RUN ${action} ${service} on ${host}`),
    })),
    ...record.turns
      .filter(({ state }) => state !== "open")
      .map(({ at, reason, host, state, severity }) => ({
        at,
        text: paint("quiet", `· ${reason} on ${host} is ${state}, ${severity}`),
      })),
  ];
  return lines.toSorted((left, right) => left.at - right.at);
}

/** A line with its offset. A file's text must not steer the terminal. */
export function printedLine({ at, text }: TimelineLine, startAt: number): string {
  return `${offsetText(at - startAt).padStart(OFFSET_CHARS)}  ${text}`;
}

/** What stands above the story. */
export function headOf(incident: Incident): string {
  const started = new Date(incident.startAt).toISOString();
  const length = offsetText(incident.endAt - incident.startAt).slice(1);
  const assumed = incident.assume.map((text) => `  assumed: ${plain(text)}`);
  return [`${incident.file}: ${plain(incident.title)}`, `  from ${started}, ${length}`, ...assumed].join(
    "\n",
  );
}

/** What stands below it. */
export function verdictOf(replay: Replay, paint: Paint): string {
  const judged = replay.expectations.map(({ isMet, text, found }) =>
    isMet
      ? `  ${paint("good", "✓")} ${text}`
      : `  ${paint("bad", "✗")} ${text}\n      found: ${plain(found)}`,
  );
  const { pages, actions, eventCount } = replay.record;
  const failed = replay.expectations.filter(({ isMet }) => !isMet).length;
  const total = replay.expectations.length;
  const counts = `${pagesText(pages)}, ${countOf(actions.length, "action")}, ${countOf(eventCount, "event")}`;
  const met = total === 0 ? "nothing was expected" : `${total - failed} of ${total} expectations met`;
  return [...judged, `  ${counts}; ${met}`].join("\n");
}

/** Counted as `pagesAtMost` counts them; those that say that it is over stand apart. */
function pagesText(pages: readonly RecordedPage[]): string {
  const asking = pages.filter(isAsking).length;
  const over = pages.length - asking;
  return `${countOf(asking, "page")}${over === 0 ? "" : ` and ${over} "recovered"`}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function pageText({ to, kind, reason, title }: RecordedPage): string {
  return `PAGE ${to} [${kind === "firing" ? (reason ?? "?") : `${kind} ${reason ?? ""}`}] ${plain(title)}`;
}

function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
