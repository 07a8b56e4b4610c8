// Rule `fleet-silent`: many hosts fell silent at once, or over half an hour: look at what they share, not at each. Pure.
// It fires in the very sweep that finds the first of them down, and stands before that host's own signal, so that one page goes out and
// not a hundred. Fast window: hosts that are late count too. Slow window: only those that are down. It freezes automation on the
// fleet, and hides nothing: each host's own incident is opened and followed under it.
import type { Policy } from "@countersign/shared/policy/policy";
import { namesOf, valuesOf } from "@countersign/shared/values/named";
import { signalEffect, type EffectDraft } from "../../words/effects.ts";
import { fleetSubjectOf } from "../../words/subject.ts";
import { type ShardChange } from "../host/shard-change.ts";
import type { FleetSilence, HostState, ShardState } from "../host/shard-state.ts";
import { silentSinceAtOf } from "./host-silent.ts";
import { isNeverConnected } from "./liveness.ts";

const HOSTS_NAMED_MAX = 10;

/** Judges the whole shard; call it after a sweep. */
export function judgeFleetSilence(
  { state, effects }: ShardChange,
  { now, policy }: { readonly now: number; readonly policy: Policy },
): ShardChange {
  const silent = valuesOf(state.hosts).filter(isSilent);
  const before = state.fleetSilence;
  if (silent.length === 0 && before === null) return { state, effects };
  const counted = policy.rules["fleet-silent"].enabled ? hostsCounted(state, silent, { now, policy }) : [];
  if (counted.length < hostsMinOf(state, policy)) {
    if (before === null) return { state, effects };
    return { state: { ...state, fleetSilence: null }, effects: [...effects, clear(state, now)] };
  }
  if (before !== null && counted.length <= before.hostCount) return { state, effects };
  const sinceAt = before?.sinceAt ?? Math.min(...counted.map((host) => host.sinceAt));
  const fleetSilence: FleetSilence = { sinceAt, hostCount: counted.length };
  const next = { ...state, fleetSilence };
  return { state: next, effects: [fire(next, { counted, now, isNew: before === null }), ...effects] };
}

/** Those that make it: within a window while nothing fires yet; then all that fell silent since. */
function hostsCounted(
  { fleetSilence }: ShardState,
  silent: readonly HostState[],
  { now, policy }: { readonly now: number; readonly policy: Policy },
): readonly HostState[] {
  if (fleetSilence !== null) return silent.filter(({ sinceAt }) => sinceAt >= fleetSilence.sinceAt);
  const { fastWindow, slowWindow } = policy.rules["fleet-silent"];
  const down = silent.filter(({ liveness }) => liveness === "down");
  if (down.length === 0) return [];
  const fast = silent.filter(({ sinceAt }) => sinceAt >= now - fastWindow);
  const slow = down.filter(({ sinceAt }) => sinceAt >= now - slowWindow);
  return fast.length >= slow.length ? fast : slow;
}

function hostsMinOf({ hosts }: ShardState, policy: Policy): number {
  const { hostsMin, share } = policy.rules["fleet-silent"];
  const known = valuesOf(hosts).filter((host) => !isNeverConnected(host)).length;
  return Math.max(hostsMin, Math.ceil(share * known));
}

function isSilent({ liveness }: HostState): boolean {
  return liveness === "late" || liveness === "down";
}

function fire(
  state: ShardState,
  found: { readonly counted: readonly HostState[]; readonly now: number; readonly isNew: boolean },
): EffectDraft {
  const { counted, isNew, now } = found;
  const names = counted.slice(0, HOSTS_NAMED_MAX).map(({ name }) => name);
  const more = counted.length - names.length;
  const firstAt = Math.min(...counted.map(silentSinceAtOf));
  return signalEffect({
    kind: "firing",
    happenedAt: firstAt,
    subject: fleetSubjectOf(state),
    reason: "fleet-silent",
    severity: "critical",
    title: `${counted.length} of ${namesOf(state.hosts).length} hosts fell silent together`,
    evidence: [
      { at: firstAt, text: "last sign of life of the first of them" },
      { at: now, text: `silent: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}` },
      { at: now, text: "automation on the fleet is frozen until a person lifts it" },
    ],
    proposalRequestId: null,
    restarts: null,
    ...(isNew ? { freezes: true } : {}),
  });
}

function clear(state: ShardState, now: number): EffectDraft {
  return signalEffect({
    kind: "cleared",
    happenedAt: now,
    subject: fleetSubjectOf(state),
    reason: "fleet-silent",
    evidence: [{ at: now, text: "most of the hosts were seen again" }],
  });
}
