// A replay as a person reads it at a terminal: one line per thing that happened, with its offset from the start, and then what was
// expected. Pure. Colours only where the terminal wants them.
import { styleText } from "node:util";
import { visibleText } from "@countersign/shared/values/visible-text";
import type { Incident } from "../file/planned-incident.ts";
import { offsetText } from "../file/written-times.ts";
import { isAsking } from "../judge-expectations.ts";
import type { Replay } from "../run-replay.ts";
import type { RecordedPage } from "./replay-record.ts";
import { wrapText } from "./wrapped-line.ts";

const PAGES_PRINTED_MAX = 200;
const OFFSET_CHARS = 12;
/** On a terminal so narrow that less would be left, the lines run over. */
const TEXT_CHARS_MIN = 30;
const STYLES = {
  page: ["red", "bold"],
  asks: ["yellow"],
  refuses: ["magenta"],
  runs: ["cyan"],
  quiet: ["dim"],
  good: ["green"],
  bad: ["red", "bold"],
} as const;

type Colour = keyof typeof STYLES;

export interface TimelineLine {
  readonly at: number;
  readonly colour: Colour | null;
  readonly text: string;
}

export type Paint = (colour: Colour, text: string) => string;

/** Paints for a terminal, or leaves the text as it is. */
export function paintFor(isColoured: boolean): Paint {
  return (colour, text) =>
    isColoured ? styleText([...STYLES[colour]], text, { validateStream: false }) : text;
}

/** The story's lines in the order in which they happened. */
export function timelineOf({ record }: Pick<Replay, "record">): readonly TimelineLine[] {
  const lines: TimelineLine[] = [
    ...record.lines.map(({ at, who, text }) => ({
      at,
      colour: who === "note" ? null : ("quiet" as const),
      text: `${who === "history" ? "· " : ""}${text}`,
    })),
    ...record.pages
      .slice(0, PAGES_PRINTED_MAX)
      .map((page) => ({ at: page.at, colour: "page" as const, text: pageText(page) })),
    ...record.findings.slice(0, PAGES_PRINTED_MAX).map(({ at, reason, title }) => ({
      at,
      colour: "asks" as const,
      text: `IN SHADOW, would page [${reason}] ${title}`,
    })),
    ...record.proposals.map(({ at, host, service, argv }) => ({
      at,
      colour: "asks" as const,
      text: `PROPOSAL ${service ?? ""} on ${host}: ${argv.join(" ")}`,
    })),
    ...record.refusals.map(({ at, host, by, text }) => ({
      at,
      colour: "refuses" as const,
      text: `REFUSED by the ${by}${host === null ? "" : ` (${host})`}: ${text}`,
    })),
    ...record.actions.map(({ at, host, service, action }) => ({
      at,
      colour: "runs" as const,
      text: `RUN ${action} ${service} on ${host}`,
    })),
    ...record.turns
      .filter(({ state }) => state !== "open")
      .map(({ at, reason, host, state, severity }) => ({
        at,
        colour: "quiet" as const,
        text: `· ${reason} on ${host} is ${state}, ${severity}`,
      })),
  ];
  return lines.toSorted((left, right) => left.at - right.at);
}

/** A line with its offset, broken at the terminal's width. A file's text must not steer the terminal. */
export function printedLine(
  { at, colour, text }: TimelineLine,
  shown: { readonly startAt: number; readonly paint: Paint; readonly columns: number | null },
): string {
  const { columns, paint, startAt } = shown;
  const width = columns === null ? Infinity : Math.max(TEXT_CHARS_MIN, columns - OFFSET_CHARS - 2);
  return wrapText(visibleText(text), width)
    .map((part, index) => {
      const offset = index === 0 ? offsetText(at - startAt) : "";
      return `${offset.padStart(OFFSET_CHARS)}  ${colour === null ? part : paint(colour, part)}`;
    })
    .join("\n");
}

/** How far the story is, where the offsets stand. */
export function clockLine(ms: number): string {
  return `${offsetText(ms).padStart(OFFSET_CHARS)}  …`;
}

/** What stands above the story. */
export function headOf(incident: Incident): string {
  const started = new Date(incident.startAt).toISOString();
  const length = offsetText(incident.endAt - incident.startAt).slice(1);
  const assumed = incident.assume.map((text) => `  assumed: ${text}`);
  const lines = [`${incident.file}: ${incident.title}`, `  from ${started}, ${length}`, ...assumed];
  return lines.map(visibleText).join("\n");
}

/** What stands below it. */
export function verdictOf(replay: Replay, paint: Paint): string {
  const judged = replay.expectations.map(({ isMet, text, found }) =>
    isMet
      ? `  ${paint("good", "✓")} ${visibleText(text)}`
      : `  ${paint("bad", "✗")} ${visibleText(text)}\n      found: ${visibleText(found)}`,
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
  return `PAGE ${to} [${kind === "firing" ? (reason ?? "?") : `${kind} ${reason ?? ""}`}] ${title}`;
}
