// The heartbeats that are expected of a service, as a catalogue and an incident file declare them: who sends each, how
// often, and how late one may be. Pure. A heartbeat is a line of the service's ledger (docs/evidence.md), so it is known
// only once that has been read.
import * as z from "zod";
import { formatDuration, UNIT_MS } from "../values/duration.ts";
import { TOLD_SPAN_MS_MAX } from "../values/limits.ts";

/** A period or grace of less is no cron job's: what must be seen within seconds is a check. */
export const HEARTBEAT_MS_MIN = UNIT_MS.m;
/** The longest period or grace: once a year. */
export const HEARTBEAT_MS_MAX = TOLD_SPAN_MS_MAX;
/** The grace where none is declared, as a share of the period. */
const GRACE_SHARE = 0.1;

/** The shape of one heartbeat; `duration` reads a text into milliseconds. */
export function heartbeatSpecWith(duration: z.ZodType<number, string>) {
  const Bounded = duration.refine(
    (durationMs) => durationMs >= HEARTBEAT_MS_MIN && durationMs <= HEARTBEAT_MS_MAX,
    { error: `expected ${formatDuration(HEARTBEAT_MS_MIN)} to ${formatDuration(HEARTBEAT_MS_MAX)}` },
  );
  return z
    .strictObject({
      /** as the ledger's lines name it */
      source: z
        .string()
        .min(1)
        .max(80)
        .regex(/^\P{C}*$/u, { error: "expected a name without control characters" }),
      every: Bounded,
      /** how late it may be; absent: a tenth of the period, a minute at least */
      grace: Bounded.optional(),
    })
    .transform(({ source, every, grace }) => ({ source, every, grace: grace ?? graceFor(every) }));
}

export type HeartbeatSpec = z.infer<ReturnType<typeof heartbeatSpecWith>>;

/** What is wrong with a service's heartbeats beyond the shape of each; `path` begins at the section. */
export function heartbeatProblems(evidence: {
  readonly heartbeats: readonly HeartbeatSpec[];
  readonly ledger?: string | undefined;
  readonly every?: number | undefined;
}): readonly { readonly path: (string | number)[]; readonly message: string }[] {
  const { heartbeats, ledger, every: readEvery = 0 } = evidence;
  if (heartbeats.length > 0 && ledger === undefined)
    return [{ path: ["heartbeats"], message: "heartbeats are lines of the service's ledger: name it" }];
  return heartbeats.flatMap(({ grace, source }, index) => {
    const path = ["heartbeats", index];
    const isTwice = heartbeats.findIndex((other) => other.source === source) !== index;
    if (isTwice) return [{ path: [...path, "source"], message: `"${source}" is there twice` }];
    if (grace >= readEvery) return [];
    const message = `expected at least ${formatDuration(readEvery)}: the ledger is read no more often than that (every)`;
    return [{ path: [...path, "grace"], message }];
  });
}

/** As the agent tells them. */
export function expectedHeartbeats(heartbeats: readonly HeartbeatSpec[]) {
  return heartbeats.map(({ source, every, grace }) => ({ source, everyMs: every, graceMs: grace }));
}

function graceFor(everyMs: number): number {
  return Math.max(HEARTBEAT_MS_MIN, Math.round(everyMs * GRACE_SHARE));
}
