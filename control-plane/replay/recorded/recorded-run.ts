// Runs recorded history under one policy, or under those that were in force one after the other, and lists what was decided in its
// window: pages, proposals that were asked for, refusals. Pure but for its clock, which is virtual. The hosts of the control plane are
// there from the beginning, and up, unless a record says otherwise.
import type { AuditEntry } from "../../src/core/desk/state/desk-state.ts";
import { hostedSubject, placeNameOf, serviceOf, type Subject } from "../../src/core/words/subject.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { pageSeen } from "../desk-seen.ts";
import type { RecordedPage } from "../printed/replay-record.ts";
import { MemoryDesk } from "../world/memory-desk.ts";
import { VirtualClock } from "../world/virtual-clock.ts";
import { refusalIn } from "./record-decisions.ts";
import { RecordedActs } from "./recorded-acts.ts";
import type { RecordedHistory } from "./recorded-history.ts";
import type { PolicySpan } from "./recorded-policies.ts";
import { SettingActs, settingActs } from "./recorded-settings.ts";
import { RecordedShard } from "./recorded-shard.ts";

/** Hosts have been up for so long when the first record comes. */
const SETTLED_MS = 10 * 60_000;

export interface RecordedWindow {
  readonly fromAt: number;
  readonly toAt: number;
}

/** One thing that was decided. */
export interface Decided {
  readonly at: number;
  readonly what: "page" | "proposal" | "refusal";
  /** of a page: whether it rang, or added to what was told; null: it is none */
  readonly kind: "ring" | "update" | null;
  /** page reason, action, or why not */
  readonly reason: string;
  readonly host: string;
  readonly service: string | null;
}

export interface RecordedRun {
  readonly decided: readonly Decided[];
  /** audit rows of this run, to be compared with those of the control plane */
  readonly audit: readonly AuditEntry[];
}

/** Runs it under policies, the first of which holds from the beginning. */
export function runRecorded(
  history: RecordedHistory,
  [first, ...later]: readonly [PolicySpan, ...PolicySpan[]],
  window: RecordedWindow,
): RecordedRun {
  const { events, hosts } = history;
  let { policy } = first;
  const startAt = Math.min(window.fromAt, events[0]?.at ?? window.fromAt) - SETTLED_MS;
  const clock = new VirtualClock(startAt);
  const desk = new MemoryDesk({ clock, policy: withoutDrills(policy) });
  const names = new Map(hosts.map(({ hostId, name }) => [hostId, name]));
  const decided: Decided[] = [];
  const decide = (what: "proposal" | "refusal", reason: string, subject: Subject | null) =>
    decided.push(decidedOf({ at: clock.now, what, reason }, subject));
  const shards = new Map<string, RecordedShard>();
  const shardOf = new Map<string, string>();
  const shardNamed = (name: string): RecordedShard => {
    const known = shards.get(name);
    if (known !== undefined) return known;
    const made = new RecordedShard({
      clock,
      policy,
      name,
      tellDesk: (signals, answered) => desk.receiveSignals(name, signals, answered),
      onSignal: (signal) => {
        const refused = refusalIn(signal);
        if (refused !== null) decide("refusal", refused.reason, signal.subject ?? null);
      },
      ask: ({ hostId, service, action }) =>
        decide("proposal", action, hostedSubject({ hostId, hostName: names.get(hostId) ?? hostId }, service)),
    });
    shards.set(name, made);
    desk.shards.set(name, made);
    return made;
  };
  desk.shardNameOf = (hostId) => shardOf.get(hostId) ?? null;
  hearPages(desk, (page) => decided.push(...decidedByPage(page)));
  const enrolled = new Set(
    events.flatMap(({ event }) => (event.kind === "host-enrolled" ? [event.hostId] : [])),
  );
  const shardNameOf = shardNames(history);
  for (const host of hosts) {
    const name = shardNameOf.get(host.hostId) ?? "shard-0";
    const shard = shardNamed(name);
    shardOf.set(host.hostId, name);
    if (!enrolled.has(host.hostId)) shard.knowHost(host);
  }
  for (const next of later)
    clock.at(next.sinceAt ?? startAt, () => {
      ({ policy } = next);
      desk.policy = withoutDrills(policy);
      for (const shard of shards.values()) shard.applyPolicy(policy);
      desk.take({ kind: "tick" });
    });
  for (const { at, shard: name, event } of events) {
    const shard = shardNamed(name);
    if (event.kind === "liveness")
      for (const flip of event.flips)
        if (flip.liveness !== "up") clock.at(Math.min(flip.lastSeenAt, at), () => shard.fallsSilent(flip));
    clock.at(at, () => shard.takeRecorded(event));
  }
  repeatActs(history, { clock, desk });
  clock.advanceTo(window.toAt);
  const isInside = ({ at }: { readonly at: number }) => at >= window.fromAt && at <= window.toAt;
  return { decided: decided.filter(isInside), audit: desk.audit.filter(isInside) };
}

function decidedOf(made: Pick<Decided, "at" | "what" | "reason">, subject: Subject | null): Decided {
  if (subject === null) return { ...made, kind: null, host: "", service: null };
  return { ...made, kind: null, host: placeNameOf(subject), service: serviceOf(subject) };
}

/** Hears each page once, however many channels carry it. */
function hearPages(desk: MemoryDesk, hear: (page: RecordedPage) => void): void {
  const heard = new Set<string>();
  desk.onPage = ({ at, channel, page }) => {
    if (heard.has(page.key)) return;
    heard.add(page.key);
    hear(pageSeen(page, desk.state, { at, channel }));
  };
}

/** Who said that a drill came is not done again, so that none would seem to have been answered. */
function withoutDrills(policy: Policy): Policy {
  return { ...policy, drills: [] };
}

/** What a page tells, of each finding that it tells of first or in its title. */
function decidedByPage(page: RecordedPage): readonly Decided[] {
  const { at, kind } = page;
  if (kind !== "ring" && kind !== "update") return [];
  return page.tells
    .filter(({ isEnd, isFirst, isTitle }) => !isEnd && (isFirst || isTitle))
    .map(({ host, reason, service }) => ({ at, what: "page", kind, reason, host, service }));
}

/** Schedules what people did, and what they had set. */
function repeatActs(
  { audit, settings }: RecordedHistory,
  { clock, desk }: { readonly clock: VirtualClock; readonly desk: MemoryDesk },
): void {
  const set = new SettingActs();
  for (const act of settingActs(settings, audit)) clock.at(act.at, () => set.repeat(desk, act));
  const acts = new RecordedActs(audit);
  for (const row of audit) clock.at(row.at, () => acts.repeat(desk, row));
}

// A host that never said anything worth keeping has no record, and no shard by name: any will do.
function shardNames({ events }: RecordedHistory): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { shard, event } of events) {
    if (event.kind === "liveness") for (const { hostId } of event.flips) names.set(hostId, shard);
    else if (event.kind === "woke") for (const hostId of event.connectedHostIds) names.set(hostId, shard);
    else names.set(event.hostId, shard);
  }
  return names;
}
