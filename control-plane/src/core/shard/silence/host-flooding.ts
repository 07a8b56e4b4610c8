// Rule `host-flooding`: a host sends more than its budget, and what is over it is dropped unread. Pure.
// A throttled host is not silent: its keepalives count, what it says is only not heard, and when it was quiet for a while it is asked for
// all of it again. One whose socket was closed for it has its own time to come back in, because its agent waits before it does.
import { HOST_FRAMES_PER_SECOND_MAX } from "@countersign/shared/values/limits";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import type { Finding } from "../../facts/rule.ts";
import { NO_EFFECTS, type EffectDraft } from "../../words/effects.ts";
import type { Evidence } from "../../words/signal.ts";
import { settleHost } from "../host/settle.ts";
import type { HostScene, HostChange } from "../host/shard-change.ts";
import type { DroppedFrames } from "../host/shard-events.ts";
import type { Flooding, HostState } from "../host/shard-state.ts";
import { resendsOf } from "../remedy/shard-grants.ts";

/** A flood is over when nothing was dropped for this long. */
export const FLOOD_QUIET_MS = 60_000;
/** How long a host may stay away whose socket was closed for its flood: twice as long as its agent waits. */
export const FLOOD_RETURN_MS = 120_000;
const REASON = "host-flooding";

/** Takes in what was dropped; the page comes with the first of it. */
export function takeDropped(host: HostState, dropped: DroppedFrames, scene: HostScene): HostChange {
  const { droppedCount, lastAt, isClosed } = dropped;
  const before: Flooding = host.flooding ?? {
    sinceAt: lastAt,
    lastAt,
    droppedCount: 0,
    returnDueAt: 0,
  };
  const flooding: Flooding = {
    ...before,
    lastAt: Math.max(before.lastAt, lastAt),
    droppedCount: before.droppedCount + droppedCount,
    returnDueAt: isClosed ? scene.now + FLOOD_RETURN_MS : before.returnDueAt,
  };
  return judgeFlooding({ ...host, flooding }, scene, true);
}

/** Tells of a flood, or ends it when nothing was dropped for long; call at each sweep. `isByFact`: something was dropped now. */
export function judgeFlooding(host: HostState, scene: HostScene, isByFact = false): HostChange {
  const { flooding } = host;
  if (flooding === null) return { host, effects: NO_EFFECTS };
  if (scene.now >= floodEndsAt(flooding)) return endFlooding(host, scene);
  const findings = scene.policy.rules[REASON].enabled ? [findingOf(host, flooding)] : [];
  const over = { at: scene.now, text: "the rule was turned off in the policy" };
  return settleHost(host, { reason: REASON, findings, over, isByFact }, scene);
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
function endFlooding(host: HostState, scene: HostScene): HostChange {
  const over = { at: scene.now, text: "nothing more was dropped since" };
  const ended = settleHost({ ...host, flooding: null }, { reason: REASON, findings: [], over }, scene);
  if (host.connection === null) return ended;
  const message = { version: PROTOCOL_VERSION, type: "report-wanted" } as const;
  const wanted: EffectDraft = { kind: "send", hostId: host.hostId, message };
  return { host: ended.host, effects: [...ended.effects, wanted, ...resendsOf(ended.host, scene)] };
}

function findingOf(host: HostState, flooding: Flooding): Finding {
  return {
    severity: "error",
    title: `${host.name} sends more than its budget and is throttled`,
    evidence: evidenceOf(flooding),
    happenedAt: flooding.sinceAt,
    isRestartPointless: false,
    freezes: false,
  };
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
