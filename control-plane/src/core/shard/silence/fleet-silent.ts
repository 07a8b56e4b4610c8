// Rule `fleet-silent`: many hosts fell silent at once, or over half an hour: look at what they share, not at each. Pure.
// It fires in the very sweep that finds the first of them down, and stands before that host's own signal, so that one page goes out and
// not a hundred. Fast window: hosts that are late count too. Slow window: only those that are down. It freezes automation on the
// fleet, and hides nothing: each host's own incident is opened and followed under it.
import { keptUp, type KeptUp, type Placed } from "@countersign/shared/values/records";
import type { Policy } from "../../../policy/policy.ts";
import { isFiring } from "../../facts/fact-book.ts";
import type { Found } from "../../facts/firing.ts";
import type { Finding } from "../../facts/rules/rule.ts";
import { settleShard } from "../host/settle.ts";
import type { ShardChange } from "../host/shard-change.ts";
import type { HostState, ShardState } from "../host/shard-state.ts";
import { silentSinceAtOf } from "./host-silent.ts";
import { isNeverConnected } from "./liveness.ts";

const REASON = "fleet-silent";
const HOSTS_NAMED_MAX = 10;

/** Judges the whole shard; call it after whatever may have changed who is silent: no time alone does. */
export function judgeFleetSilence(
  { state, effects }: ShardChange,
  { now, policy }: { readonly now: number; readonly policy: Policy },
): ShardChange {
  const silent = silenceOf(state.hosts).silent();
  const before = state.fleetSilence;
  const isKnown = before !== null || isFiring(state.book, REASON);
  if (silent.length === 0 && !isKnown) return { state, effects };
  const counted = policy.rules[REASON].enabled ? hostsCounted(state, silent, { now, policy }) : [];
  const isFound = counted.length >= hostsMinOf(state, policy);
  if (!isFound && !isKnown) return { state, effects };
  const found: Found = {
    reason: REASON,
    findings: isFound ? [findingOf(state, counted, now)] : [],
    over: { at: now, text: "most of the hosts were seen again" },
    // only the desk freezes: a shard sees its own hosts alone
    says: before === null ? { freezes: true } : {},
  };
  const together = isFound
    ? (before ?? { sinceAt: Math.min(...counted.map(({ sinceAt }) => sinceAt)) })
    : null;
  const judged = together === before ? state : { ...state, fleetSilence: together };
  const told = settleShard(judged, found, { now, policy });
  // The one page goes ahead of those of its hosts.
  return {
    state: told.state,
    effects: isFound ? [...told.effects, ...effects] : [...effects, ...told.effects],
  };
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
  return Math.max(hostsMin, Math.ceil(share * silenceOf(hosts).knownCount));
}

/** Who is silent, and how many were ever connected, kept up from each value of the hosts to the next. */
class Silence implements KeptUp<HostState> {
  readonly #known = new Set<string>();
  readonly #silent = new Map<string, Placed<HostState>>();

  get knownCount(): number {
    return this.#known.size;
  }

  /** In the order of all hosts. */
  silent(): readonly HostState[] {
    return [...this.#silent.values()]
      .toSorted((left, right) => left.place - right.place)
      .map(({ value }) => value);
  }

  changed(hostId: string, placed: Placed<HostState> | undefined): void {
    if (placed === undefined || isNeverConnected(placed.value)) this.#known.delete(hostId);
    else this.#known.add(hostId);
    if (placed === undefined || !isSilent(placed.value)) this.#silent.delete(hostId);
    else this.#silent.set(hostId, placed);
  }
}

const silenceOf = keptUp<HostState, Silence>(() => new Silence());

function isSilent({ liveness }: HostState): boolean {
  return liveness === "late" || liveness === "down";
}

function findingOf(state: ShardState, counted: readonly HostState[], now: number): Finding {
  const names = counted.slice(0, HOSTS_NAMED_MAX).map(({ name }) => name);
  const more = counted.length - names.length;
  const firstAt = Math.min(...counted.map(silentSinceAtOf));
  return {
    severity: "critical",
    title: `${counted.length} of ${state.hosts.size} hosts fell silent together`,
    count: counted.length,
    evidence: [
      { at: firstAt, text: "last sign of life of the first of them" },
      { at: now, text: `silent: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}` },
      { at: now, text: "automation on the fleet is frozen until a person lifts it" },
    ],
    happenedAt: firstAt,
    isRestartPointless: false,
    freezes: false,
  };
}
