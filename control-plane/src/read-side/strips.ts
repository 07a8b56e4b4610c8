// The line of a service's last 24 hours, from what turned (the rows of `service_changes`) and how it is now. Pure.
// What a reader would get wrong: a row says what was before it, so that the rows of the window are all there is to read;
// without any, it was all the time as it is now. Weakness: a gap of our own is in no line; it has an incident of its own.
import type { Look } from "../core/shard/host/service-look.ts";

/** What a line shows between two instants. */
export interface StripSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly look: "well" | "restarted" | "failing" | "no-data";
}

/** One turn, as the read side holds it. */
export interface ChangeRow {
  readonly at: number;
  readonly look: Look;
  readonly was: Look;
}

/** How long a line goes back. */
export const STRIP_MS = 24 * 3_600_000;
/** A restart is an instant; so much of the line is shown for it. */
export const RESTART_SHOWN_MS = 10 * 60_000;

/** What a line is made of. */
export interface StripFacts {
  /** of the service itself, and of its whole host, in any order */
  readonly own: readonly ChangeRow[];
  readonly ofHost: readonly ChangeRow[];
  /** how it looks now, as its own row says */
  readonly look: "well" | "failing" | "no-data";
  /** since when its host is not heard, as whoever shows it knows; null: it is */
  readonly silentSinceAt: number | null;
  /** what turned before was not read; null: all of the window was */
  readonly readFromAt: number | null;
  readonly now: number;
}

/** The spans of a line, in order and without a hole. */
export function stripOf(facts: StripFacts): readonly StripSpan[] {
  const fromAt = facts.now - STRIP_MS;
  const within = (rows: readonly ChangeRow[]) =>
    rows.filter(({ at }) => at >= fromAt && at <= facts.now).toSorted((left, right) => left.at - right.at);
  const [own, ofHost] = [within(facts.own), within(facts.ofHost)];
  const turnsAt = [...own, ...ofHost]
    .flatMap(({ at, look }) => (look === "restarted" ? [at, at + RESTART_SHOWN_MS] : [at]))
    .concat(facts.silentSinceAt ?? [], facts.readFromAt ?? [])
    .filter((at) => at > fromAt && at < facts.now);
  const cuts = [...new Set([fromAt, ...turnsAt, facts.now])].toSorted((left, right) => left - right);
  const spans = cuts.slice(0, -1).map((cutAt, index): StripSpan => {
    const look = lookAt(cutAt, { ...facts, own, ofHost });
    return { fromAt: cutAt, toAt: cuts[index + 1] ?? facts.now, look };
  });
  return merged(spans);
}

function lookAt(at: number, facts: StripFacts): StripSpan["look"] {
  const { look, ofHost, own, readFromAt, silentSinceAt } = facts;
  if (readFromAt !== null && at < readFromAt) return "no-data";
  if (silentSinceAt !== null && at >= silentSinceAt) return "no-data";
  const hearing = lastOf(ofHost, at) ?? ofHost[0]?.was;
  if (hearing === "no-data") return "no-data";
  const anewAt = ofHost.findLast((row) => row.look === "anew" && row.at <= at)?.at ?? 0;
  const turns = own.filter((row) => row.look !== "restarted");
  const since = turns.filter((row) => row.at >= anewAt);
  const told = lastOf(since, at) ?? (anewAt > 0 ? "well" : (turns[0]?.was ?? look));
  const state = told === "failing" || told === "no-data" ? told : "well";
  if (state !== "well") return state;
  const isRestarted = own.some(
    (row) => row.look === "restarted" && row.at <= at && at < row.at + RESTART_SHOWN_MS,
  );
  return isRestarted ? "restarted" : "well";
}

function lastOf(rows: readonly ChangeRow[], at: number): Look | undefined {
  return rows.findLast((row) => row.at <= at)?.look;
}

function merged(spans: readonly StripSpan[]): readonly StripSpan[] {
  const kept: StripSpan[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    if (last?.look === span.look) kept[kept.length - 1] = { ...last, toAt: span.toAt };
    else kept.push(span);
  }
  return kept;
}
