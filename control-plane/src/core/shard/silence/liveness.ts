// Liveness of one host: up, late, down, unknown, and the deadlines between them. Pure.
// Only the freshest sign of life decides; a closed socket moves nothing, nor does a hello. Every deadline waits for three things at once:
// the bound counted from the last sign of life, the end of our own reconnect grace, and an announced return. So after a gap of ours the
// page bound still counts from the last sign of life, but nobody is paged before the grace is over. What is a sign: core/shard/silence/heard.ts.
import { formatDuration } from "@countersign/shared/values/duration";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import type { Policy } from "../../../policy/policy.ts";
import { clockOf } from "../../words/clock-text.ts";
import { noteEffect, type EffectDraft } from "../../words/effects.ts";
import { type HostScene, type HostChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, SecondOpinion, Unheard } from "../host/shard-state.ts";
import { endSilence, settleSilence, silenceWordingOf, silentSinceAtOf } from "./host-silent.ts";

type Deadlines = Pick<HostScene, "policy" | "graceUntilAt">;

/** A host that was enrolled and has never said hello: shown as unknown, never blamed. */
export function isNeverConnected(host: HostState): boolean {
  return isNeverHeard(host) && host.unheard === null;
}

/** Nothing that it said was ever accepted, and nobody waits for it. */
export function isNeverHeard(host: HostState): boolean {
  return host.liveness === "unknown" && host.lastSeenAt === 0;
}

/** The instant at which a host without a further sign of life is late. */
export function lateAt(host: HostState, deadlines: Deadlines): number {
  return dueAt(host, deadlines.policy.liveness.lateAfterMs, deadlines);
}

/** The instant at which a late host is down, and paged. */
export function downAt(host: HostState, deadlines: Deadlines): number {
  return dueAt(host, deadlines.policy.liveness.pageBoundMs, deadlines);
}

/** The instant at which a host that is down is one that speaks and is not understood. */
export function overdueAt({ liveness, unheard }: HostState, { policy }: Pick<Deadlines, "policy">): number {
  if (liveness !== "down" || unheard === null || unheard.isOverdue) return Number.POSITIVE_INFINITY;
  return notUnderstoodAt(unheard, policy);
}

function dueAt(host: HostState, boundMs: number, { policy, graceUntilAt }: Deadlines): number {
  const { unheard, returnDueAt, flooding } = host;
  // Announced, or because its socket was closed for its flood.
  const returnAt = Math.max(returnDueAt ?? 0, flooding?.returnDueAt ?? 0);
  const boundAt = Math.max(silentSinceAtOf(host) + boundMs, returnAt);
  if (unheard === null) return Math.max(boundAt, graceUntilAt);
  if (unheard.refusedCount === 2) return Math.max(unheard.refusedAt ?? 0, graceUntilAt);
  return Math.max(boundAt, graceUntilAt, unheard.sinceAt + policy.liveness.keepaliveMs);
}

// With the hello the digest is on its way: it is not missed before a keepalive's time has passed.
function notUnderstoodAt(unheard: Unheard, { liveness }: Policy): number {
  return unheard.refusedAt ?? unheard.sinceAt + liveness.keepaliveMs;
}

/** Takes in a sign of life at an instant; a host that was not up is judged up by it if it is fresh enough. */
export function seeHost(host: HostState, seenAt: number, scene: HostScene): HostChange {
  if (seenAt <= host.lastSeenAt) return judgeReturn(host, host, scene);
  return judgeReturn({ ...host, lastSeenAt: seenAt }, host, scene);
}

/** Moves a host whose deadline has passed: to late, to down, or through both. Call it with the freshest sign of life. */
export function judgeSilence(host: HostState, scene: HostScene): HostChange {
  if (isNeverConnected(host)) return { host, effects: [] };
  const late = judgeLate(host, scene);
  const down = judgeDown(late.host, scene);
  if (down.host.liveness !== "down") return { host: down.host, effects: late.effects };
  const told = tellSilence(inItsWords(down.host, scene), scene);
  return { host: told.host, effects: [...late.effects, ...down.effects, ...told.effects] };
}

/** Takes in what the TCP connect said; an opinion about a host that is back, or never was silent, is dropped. */
export function takeSecondOpinion(host: HostState, opinion: SecondOpinion, scene: HostScene): HostChange {
  if (host.liveness !== "late" && host.liveness !== "down") return { host, effects: [] };
  const next = { ...host, secondOpinion: opinion };
  return host.liveness === "down" ? tellSilence(next, scene) : { host: next, effects: [] };
}

/** Asks for a full digest, now. */
export function askDigest({ hostId }: HostState): EffectDraft {
  return { kind: "send", hostId, message: { version: PROTOCOL_VERSION, type: "report-wanted" } };
}

function isFresh(host: HostState, { policy, now }: HostScene): boolean {
  return now < host.lastSeenAt + policy.liveness.lateAfterMs;
}

function judgeReturn(host: HostState, before: HostState, scene: HostScene): HostChange {
  if (host.liveness === "up" || isNeverConnected(host) || !isFresh(host, scene)) return { host, effects: [] };
  const up: HostState = { ...host, liveness: "up", sinceAt: host.lastSeenAt, secondOpinion: "not-asked" };
  const ended = endSilence(up, before.lastSeenAt, scene);
  // Hosts that are back after a gap of ours have no note each: the gap is stated once for all of them.
  if (before.liveness === "unknown" && !isNeverHeard(before)) return ended;
  const note = noteEffect(subjectOf(host), host.lastSeenAt, returnText(before, host.lastSeenAt));
  return { host: ended.host, effects: [...ended.effects, note] };
}

function returnText(before: HostState, seenAt: number): string {
  if (isNeverHeard(before)) return "unknown → up: connected for the first time";
  return `${before.liveness} → up: seen again after ${formatDuration(seenAt - before.lastSeenAt)}`;
}

function judgeLate(host: HostState, scene: HostScene): HostChange {
  const atLate = lateAt(host, scene);
  if ((host.liveness !== "up" && host.liveness !== "unknown") || scene.now < atLate)
    return { host, effects: [] };
  const text = `${host.liveness} → late: no sign of life since ${clockOf(silentSinceAtOf(host))} UTC`;
  const effects: EffectDraft[] = [noteEffect(subjectOf(host), atLate, text)];
  // Its digest may have been lost on our side: then the next one is a quarter of an hour away.
  if (host.connection !== null && (host.unheard?.refusedCount ?? 2) < 2) effects.push(askDigest(host));
  if (host.probe !== null) effects.push({ kind: "ask-second-opinion", hostId: host.hostId, ...host.probe });
  return { host: { ...host, liveness: "late", sinceAt: atLate, secondOpinion: "not-asked" }, effects };
}

// What is shown of the host stays when the policy turns its rule off or on; the incident ends or begins.
function tellSilence(host: HostState, scene: HostScene): HostChange {
  const text = "the rule was turned off in the policy; the host is still silent";
  return settleSilence(host, { at: scene.now, text }, scene);
}

// It is silent, and speaks since: the same incident, in other words.
function inItsWords(host: HostState, scene: HostScene): HostState {
  const { unheard } = host;
  if (unheard === null || scene.now < overdueAt(host, scene)) return host;
  return { ...host, unheard: { ...unheard, isOverdue: true } };
}

function judgeDown(host: HostState, scene: HostScene): HostChange {
  const atDown = downAt(host, scene);
  if (host.liveness !== "late" || scene.now < atDown) return { host, effects: [] };
  const down = inItsWords({ ...host, liveness: "down", sinceAt: atDown }, scene);
  return {
    host: down,
    effects: [noteEffect(subjectOf(host), atDown, `late → down: ${silenceWordingOf(down)}`)],
  };
}
