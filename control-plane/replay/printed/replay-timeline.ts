// A replay as a person reads it at a terminal: one line per thing that happened, with its offset from the start, and then what was
// expected. Pure. Colours only where the terminal wants them.
import { styleText } from "node:util";
import { visibleText } from "@countersign/shared/values/visible-text";
import type { Incident } from "../file/planned-incident.ts";
import { offsetText } from "../file/written-times.ts";
import { pageCounts } from "../judged/found-text.ts";
import { isAsking } from "../judged/judge-pages.ts";
import type { Replay } from "../run-replay.ts";
import type { RecordedApproval, RecordedPage, RecordedTurn, ReplayRecord } from "./replay-record.ts";
import { wrapText } from "./wrapped-line.ts";

/** Lines of each kind; a story can unfold into very many. */
export const PRINTED_MAX = 1_000;
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

/** The story's lines in the order in which they happened; of what there is too much of, the first ones and where they stop. */
export function timelineOf({ record }: Pick<Replay, "record">): readonly TimelineLine[] {
  const lines = [
    storyLines(record),
    ...printedParts(record).flatMap(({ name, lines: part }) =>
      part.length <= PRINTED_MAX ? [part] : [part.slice(0, PRINTED_MAX), [stopOf(part[PRINTED_MAX], name)]],
    ),
  ].flat();
  return lines.toSorted((left, right) => left.at - right.at);
}

/** What was decided, by what it is called where it is too much to be printed. */
function printedParts(
  record: ReplayRecord,
): readonly { readonly name: string; readonly lines: readonly TimelineLine[] }[] {
  return [
    { name: "pages", lines: record.pages.map((page) => lineOf(page.at, "page", pageText(page))) },
    {
      name: "findings in shadow",
      lines: record.findings.map(({ at, reason, title }) =>
        lineOf(at, "asks", `IN SHADOW, would page [${reason}] ${title}`),
      ),
    },
    {
      name: "proposals",
      lines: record.proposals.map(({ at, host, service, argv }) =>
        lineOf(at, "asks", `PROPOSAL ${service ?? ""} on ${host}: ${argv.join(" ")}`),
      ),
    },
    {
      name: "refusals",
      lines: record.refusals.map(({ at, host, by, text }) =>
        lineOf(at, "refuses", `REFUSED by the ${by}${host === null ? "" : ` (${host})`}: ${text}`),
      ),
    },
    {
      name: "actions",
      lines: record.actions.map(({ at, host, service, action }) =>
        lineOf(at, "runs", `RUN ${action} ${service} on ${host}`),
      ),
    },
    {
      name: "drills",
      lines: record.drills
        .filter(({ state }) => state === "confirmed")
        .map(({ at, to }) => lineOf(at, "quiet", `${to} says that the drill came`)),
    },
    { name: "answers", lines: record.approvals.filter(isAnswer).map(answerLine) },
    { name: "turns", lines: record.turns.filter(({ state }) => state !== "open").map(turnLine) },
  ];
}

function storyLines({ lines, linesLeftOut }: ReplayRecord): readonly TimelineLine[] {
  const told = lines.map(({ at, who, text }) =>
    lineOf(at, who === "note" ? null : "quiet", `${who === "history" ? "· " : ""}${text}`),
  );
  return linesLeftOut === 0 ? told : [...told, stopOf(told.at(-1), "lines of the story")];
}

function lineOf(at: number, colour: Colour | null, text: string): TimelineLine {
  return { at, colour, text };
}

function stopOf(first: TimelineLine | undefined, name: string): TimelineLine {
  return lineOf(
    first?.at ?? 0,
    "bad",
    `… more ${name} follow, which are not printed: they are counted below`,
  );
}

function isAnswer({ state }: RecordedApproval): boolean {
  return state === "approved" || state === "denied" || state === "verified" || state === "failed";
}

function answerLine({ action, at, host, service, state }: RecordedApproval): TimelineLine {
  return lineOf(at, "quiet", `· ${action} of ${service} on ${host} is ${state}`);
}

function turnLine({ at, host, reason, severity, state }: RecordedTurn): TimelineLine {
  return lineOf(at, "quiet", `· ${reason} on ${host} is ${state}, ${severity}`);
}

/** What the timeline leaves out, counted in full; none: it has everything. */
function leftOutOf(record: ReplayRecord): readonly string[] {
  const { linesLeftOut, pages } = record;
  const story = linesLeftOut === 0 ? [] : [`${linesLeftOut} lines of the story`];
  const parts = printedParts(record).flatMap(({ lines, name }) => {
    const count = lines.length - PRINTED_MAX;
    if (count <= 0) return [];
    return name === "pages"
      ? [`${count} pages (${pageCounts(pages.slice(PRINTED_MAX))})`]
      : [`${count} ${name}`];
  });
  return [...story, ...parts];
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
  const leftOut = leftOutOf(replay.record).map((text) => `  not printed above: ${text}`);
  return [...judged, ...leftOut, `  ${counts}; ${met}`].join("\n");
}

/** Counted as `pagesAtMost` counts them; those that say that it is over stand apart. */
function pagesText(pages: readonly RecordedPage[]): string {
  const asking = pages.filter(isAsking).length;
  const over = pages.filter(({ kind }) => kind === "recovered").length;
  return `${countOf(asking, "page")}${over === 0 ? "" : ` and ${over} "recovered"`}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function pageText({ to, kind, reason, title }: RecordedPage): string {
  return `PAGE ${to} [${kind === "ring" ? (reason ?? "?") : `${kind} ${reason ?? ""}`}] ${title}`;
}
