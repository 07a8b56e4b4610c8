// Liveness of one host: up, late, down, unknown, and the deadlines between them. Pure.
// Only the freshest sign of life decides; a closed socket moves nothing. Every deadline waits for three things at once: the bound
// counted from the last sign of life, the end of our own reconnect grace, and an announced return. So after a gap of ours the
// page bound still counts from the last sign of life, but nobody is paged before the grace is over.
import { formatDuration } from "@countersign/shared/duration";
import { clockOf } from "./clock-text.ts";
import { silenceReasonOf } from "./rules/host-late-return.ts";
import { clearHostSilent, endHostSilent, fireHostSilent, silenceWordingOf } from "./rules/host-silent.ts";
import type { HostState, SecondOpinion } from "./shard-state.ts";
import { type HostScene, type HostStep, noteEffect, type StepEffect, subjectOf } from "./shard-step.ts";

type Deadlines = Pick<HostScene, "policy" | "graceUntilAt">;

/** A host that was enrolled and has never connected: shown as unknown, never blamed. */
export function isNeverConnected(host: HostState): boolean {
  return host.liveness === "unknown" && host.lastSeenAt === 0;
}

/** The instant at which a host without a further sign of life is late. */
export function lateAt(host: HostState, { policy, graceUntilAt }: Deadlines): number {
  return Math.max(host.lastSeenAt + policy.liveness.lateAfterMs, graceUntilAt, host.returnDueAt ?? 0);
}

/** The instant at which a late host is down, and paged. */
export function downAt(host: HostState, { policy, graceUntilAt }: Deadlines): number {
  return Math.max(host.lastSeenAt + policy.liveness.pageBoundMs, graceUntilAt, host.returnDueAt ?? 0);
}

/** Takes in a sign of life at an instant; a host that was not up is judged up by it if it is fresh enough. */
export function seeHost(host: HostState, seenAt: number, scene: HostScene): HostStep {
  if (seenAt <= host.lastSeenAt) return judgeReturn(host, host, scene);
  return judgeReturn({ ...host, lastSeenAt: seenAt }, host, scene);
}

/** Moves a host whose deadline has passed: to late, to down, or through both. Call it with the freshest sign of life. */
export function judgeSilence(host: HostState, scene: HostScene): HostStep {
  if (isNeverConnected(host)) return { host, effects: [] };
  const late = judgeLate(host, scene);
  const down = judgeDown(late.host, scene);
  const switched = judgeSwitched(down.host, scene);
  return { host: switched.host, effects: [...late.effects, ...down.effects, ...switched.effects] };
}

/** Takes in what the TCP connect said; an opinion about a host that is back, or never was silent, is dropped. */
export function takeSecondOpinion(host: HostState, opinion: SecondOpinion, scene: HostScene): HostStep {
  if (host.liveness !== "late" && host.liveness !== "down") return { host, effects: [] };
  const next = { ...host, secondOpinion: opinion };
  const isReworded = silenceWordingOf(opinion) !== silenceWordingOf(host.secondOpinion);
  return { host: next, effects: host.isSilenceFiring && isReworded ? [fireHostSilent(next, scene.now)] : [] };
}

function isFresh(host: HostState, { policy, now }: HostScene): boolean {
  return now < host.lastSeenAt + policy.liveness.lateAfterMs;
}

function judgeReturn(host: HostState, before: HostState, scene: HostScene): HostStep {
  if (host.liveness === "up" || isNeverConnected(host) || !isFresh(host, scene)) return { host, effects: [] };
  const effects: StepEffect[] = [];
  if (host.isSilenceFiring) effects.push(clearHostSilent(host, before.lastSeenAt));
  // Hosts that are back after a gap of ours have no note each: the gap is stated once for all of them.
  if (before.liveness !== "unknown" || isNeverConnected(before))
    effects.push(noteEffect(subjectOf(host), host.lastSeenAt, returnText(before, host.lastSeenAt)));
  return {
    host: {
      ...host,
      liveness: "up",
      sinceAt: host.lastSeenAt,
      secondOpinion: "not-asked",
      isSilenceFiring: false,
    },
    effects,
  };
}

function returnText(before: HostState, seenAt: number): string {
  if (isNeverConnected(before)) return "unknown → up: connected for the first time";
  return `${before.liveness} → up: seen again after ${formatDuration(seenAt - before.lastSeenAt)}`;
}

function judgeLate(host: HostState, scene: HostScene): HostStep {
  const dueAt = lateAt(host, scene);
  if ((host.liveness !== "up" && host.liveness !== "unknown") || scene.now < dueAt)
    return { host, effects: [] };
  const text = `${host.liveness} → late: no sign of life since ${clockOf(host.lastSeenAt)} UTC`;
  const effects: StepEffect[] = [noteEffect(subjectOf(host), dueAt, text)];
  if (host.probe !== null) effects.push({ kind: "ask-second-opinion", hostId: host.hostId, ...host.probe });
  return { host: { ...host, liveness: "late", sinceAt: dueAt, secondOpinion: "not-asked" }, effects };
}

// The policy turned the rule off or on while the host is down: what is shown of the host stays, the incident ends or begins.
function judgeSwitched(host: HostState, { now, policy }: HostScene): HostStep {
  const isOn = policy.rules[silenceReasonOf(host)].enabled;
  if (host.liveness !== "down" || host.isSilenceFiring === isOn) return { host, effects: [] };
  const switched = { ...host, isSilenceFiring: isOn };
  return { host: switched, effects: [isOn ? fireHostSilent(switched, now) : endHostSilent(host, now)] };
}

function judgeDown(host: HostState, scene: HostScene): HostStep {
  const dueAt = downAt(host, scene);
  if (host.liveness !== "late" || scene.now < dueAt) return { host, effects: [] };
  const isSilenceFiring = scene.policy.rules[silenceReasonOf(host)].enabled;
  const down: HostState = { ...host, liveness: "down", sinceAt: dueAt, isSilenceFiring };
  const text = `late → down: ${silenceWordingOf(host.secondOpinion)}`;
  const note = noteEffect(subjectOf(host), dueAt, text);
  return { host: down, effects: isSilenceFiring ? [note, fireHostSilent(down, scene.now)] : [note] };
}
