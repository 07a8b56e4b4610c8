// Rule `host-flooding`: a host sends more than its budget, and what is over it is dropped unread. Pure.
// A throttled host is not silent: its keepalives count, what it says is only not heard, and when it was quiet for a while it is asked for
// all of it again. One whose socket was closed for it has its own time to come back in, because its agent waits before it does.
import { HOST_FRAMES_PER_SECOND_MAX } from "@countersign/shared/values/limits";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import { NO_EFFECTS, signalEffect, type EffectDraft } from "../../words/effects.ts";
import type { Evidence } from "../../words/signal.ts";
import { type HostScene, type HostChange, subjectOf } from "../host/shard-change.ts";
import type { DroppedFrames } from "../host/shard-events.ts";
import type { Flooding, HostState } from "../host/shard-state.ts";
import { resendsOf } from "../remedy/shard-grants.ts";

/** A flood is over when nothing was dropped for this long. */
export const FLOOD_QUIET_MS = 60_000;
/** How long a host may stay away whose socket was closed for its flood: twice as long as its agent waits. */
export const FLOOD_RETURN_MS = 120_000;
/** What fires is signalled again, with the count by then, no sooner than this. */
const SIGNAL_AGAIN_MS = 15 * 60_000;

/** Takes in what was dropped; the page comes with the first of it. */
export function takeDropped(host: HostState, dropped: DroppedFrames, scene: HostScene): HostChange {
  const { droppedCount, lastAt, isClosed } = dropped;
  const before: Flooding = host.flooding ?? {
    sinceAt: lastAt,
    lastAt,
    droppedCount: 0,
    returnDueAt: 0,
    signalledAt: null,
  };
  const flooding: Flooding = {
    ...before,
    lastAt: Math.max(before.lastAt, lastAt),
    droppedCount: before.droppedCount + droppedCount,
    returnDueAt: isClosed ? scene.now + FLOOD_RETURN_MS : before.returnDueAt,
  };
  return judgeFlooding({ ...host, flooding }, scene);
}

/** Tells of a flood, or ends it when nothing was dropped for long; call at each sweep. */
export function judgeFlooding(host: HostState, scene: HostScene): HostChange {
  const { flooding } = host;
  if (flooding === null) return { host, effects: NO_EFFECTS };
  if (scene.now >= floodEndsAt(flooding)) return endFlooding(host, flooding, scene);
  const { signalledAt } = flooding;
  if (!scene.policy.rules["host-flooding"].enabled) {
    if (signalledAt === null) return { host, effects: NO_EFFECTS };
    const quiet = { ...host, flooding: { ...flooding, signalledAt: null } };
    return {
      host: quiet,
      effects: [clearFlooding(host, scene.now, "the rule was turned off in the policy")],
    };
  }
  if (signalledAt !== null && (scene.now < signalledAt + SIGNAL_AGAIN_MS || flooding.lastAt <= signalledAt))
    return { host, effects: NO_EFFECTS };
  const signalled: HostState = { ...host, flooding: { ...flooding, signalledAt: scene.now } };
  return { host: signalled, effects: [fireFlooding(host, flooding)] };
}

/** When a flood is over, should nothing more be dropped. */
export function floodEndsAt({ lastAt, returnDueAt }: Flooding): number {
  return Math.max(lastAt + FLOOD_QUIET_MS, returnDueAt);
}

/** It has come back: from here on its silence counts again. */
export function endFloodReturn(host: HostState): HostState {
  const { flooding } = host;
  if (flooding === null || flooding.returnDueAt === 0) return host;
  return { ...host, flooding: { ...flooding, returnDueAt: 0 } };
}

// What was dropped may have been anything: everything that matters is asked for again.
function endFlooding(host: HostState, { signalledAt }: Flooding, scene: HostScene): HostChange {
  const ended: HostState = { ...host, flooding: null };
  const cleared =
    signalledAt === null ? [] : [clearFlooding(host, scene.now, "nothing more was dropped since")];
  if (host.connection === null) return { host: ended, effects: cleared };
  const message = { version: PROTOCOL_VERSION, type: "report-wanted" } as const;
  const wanted: EffectDraft = { kind: "send", hostId: host.hostId, message };
  return { host: ended, effects: [...cleared, wanted, ...resendsOf(ended, scene)] };
}

function clearFlooding(host: HostState, now: number, why: string): EffectDraft {
  return signalEffect({
    kind: "cleared",
    happenedAt: now,
    subject: subjectOf(host),
    reason: "host-flooding",
    evidence: [{ at: now, text: why }],
  });
}

function fireFlooding(host: HostState, flooding: Flooding): EffectDraft {
  return signalEffect({
    kind: "firing",
    happenedAt: flooding.sinceAt,
    subject: subjectOf(host),
    reason: "host-flooding",
    severity: "error",
    title: `${host.name} sends more than its budget and is throttled`,
    evidence: evidenceOf(flooding),
    proposalRequestId: null,
    restarts: null,
  });
}

function evidenceOf({ sinceAt, lastAt, droppedCount, returnDueAt }: Flooding): readonly Evidence[] {
  const bound = `more than ${HOST_FRAMES_PER_SECOND_MAX} messages a second, too many bytes, connections or changes`;
  const lines: Evidence[] = [
    { at: sinceAt, text: `it sends ${bound}; what is over the budget is dropped unread` },
    { at: lastAt, text: `dropped so far: ${droppedCount}` },
  ];
  if (returnDueAt > 0) lines.push({ at: lastAt, text: "its connection was closed for it" });
  return lines;
}
