// What a ring of the alarm judges: whom the sockets call silent, and who is due; nobody else. Deciding about a quiet shard of a thousand hosts
// therefore costs what is due in it. What a reader would get wrong: what concerns all of them is judged with whatever changes it, in the same
// decision, and never waits for a ring: a ring that nothing arms comes a minute later.
import { namedFrom } from "@countersign/shared/values/named";
import { changesBetween } from "@countersign/shared/values/records";
import { changedDueAt, judgementDueAt } from "../../core/shard/at-rest.ts";
import type { ShardContext, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { HostState, ShardState } from "../../core/shard/host/shard-state.ts";
import { IDLE_ALARM_MS, isUsual } from "../../core/shard/shard-alarm.ts";
import { DueHosts } from "./due-hosts.ts";
import type { ShardPorts, Silence } from "./shard-ports.ts";

const NEVER = Number.POSITIVE_INFINITY;

type SweepEvent = Extract<ShardEvent, { kind: "sweep" }>;

/** One look at what is due. */
export interface Sweep {
  /** null: nothing is to be judged */
  readonly event: SweepEvent | null;
  /** when the next of the others is due, or would be silent; null: never */
  readonly othersDueAt: number | null;
}

export class ShardSweeps {
  readonly #ports: ShardPorts;
  readonly #judgesAll: boolean;
  readonly #due = new DueHosts();
  /** the policy by which what is due was asked; null: all is to be judged, as after a sweep that failed and has judged nobody */
  #policy: ShardContext["policy"] | null = null;

  constructor(ports: ShardPorts, judgesAll: boolean) {
    this.#ports = ports;
    this.#judgesAll = judgesAll;
  }

  /** What is to be judged now. */
  plan(state: ShardState, context: ShardContext): Sweep {
    if (this.#judgesAll || this.#policy !== context.policy) return this.planAll(state, context);
    const silence = this.#silenceAt(context);
    const judged = this.#judged(state, silence, context);
    const isDue = judged.length > 0 || this.#ports.core.sharedDueAt(state) <= context.now;
    // Who was taken as due is due never again: only a sweep that was decided has judged them.
    if (isDue) this.#policy = null;
    return { event: isDue ? this.#eventFor(judged) : null, othersDueAt: this.#othersDueAt(silence, context) };
  }

  #othersDueAt({ nextSeenAt }: Silence, { policy }: ShardContext): number | null {
    const silentAt = nextSeenAt === null ? NEVER : nextSeenAt + policy.liveness.lateAfterMs;
    const dueAt = Math.min(silentAt, this.#due.nextAt);
    return dueAt < NEVER ? dueAt : null;
  }

  #judged(state: ShardState, silence: Silence, context: ShardContext): readonly string[] {
    const silent = silence.hostIds.filter((hostId) => isAwaited(state.hosts.get(hostId)));
    const taken = this.#due.take(context.now);
    if (silent.length === 0 && taken.length === 0) return taken;
    const due = taken.filter((hostId) => this.#isDue(state, hostId, context));
    return this.#due.inOrder(new Set([...silent, ...due]));
  }

  /** Every host is to be judged. */
  planAll(state: ShardState, context: ShardContext): Sweep {
    this.#policy = null;
    const silence = this.#silenceAt(context);
    const { due: _all, ...event } = this.#eventFor(state.hosts.values().map(({ hostId }) => hostId));
    return { event, othersDueAt: this.#othersDueAt(silence, context) };
  }

  /** A decision was made: what has changed may be due sooner. */
  note(before: ShardState, after: ShardState, context: ShardContext): void {
    const isWhole = before.gapSinceAt !== after.gapSinceAt || before.graceUntilAt !== after.graceUntilAt;
    for (const { before: was, after: is } of changesBetween(before.hosts, after.hosts))
      if (is !== undefined) this.#noteHost(was, is, { state: after, context });
    if (isWhole) for (const host of after.hosts.values()) this.#set(host, after, context);
  }

  #noteHost(
    was: HostState | undefined,
    is: HostState,
    { context, state }: { readonly state: ShardState; readonly context: ShardContext },
  ): void {
    if (was === undefined || !isUsual(is) || !isUsual(was)) this.#set(is, state, context);
    else this.#due.lower(is.hostId, changedDueAt(was, is, context.policy));
  }

  /** A sweep was decided: what is due of whom it judged is asked anew. */
  judged({ due }: SweepEvent, state: ShardState, context: ShardContext): void {
    this.#policy = context.policy;
    if (due === undefined) {
      for (const host of state.hosts.values()) this.#set(host, state, context);
      return;
    }
    for (const hostId of due) {
      const host = state.hosts.get(hostId);
      if (host !== undefined) this.#set(host, state, context);
    }
  }

  hasSockets(): boolean {
    return this.#ports.sockets.count > 0;
  }

  /** A host that is gone. */
  drop(hostId: string): void {
    this.#due.drop(hostId);
  }

  /** When the next host, or what they share, is due; hosts without a deadline are looked at now and then. null: there is no host, and no deadline. */
  nextAt(state: ShardState): number | null {
    const dueAt = Math.min(this.#due.nextAt, this.#ports.core.sharedDueAt(state));
    if (Number.isFinite(dueAt)) return dueAt;
    return state.hosts.size > 0 ? this.#ports.clock.now + IDLE_ALARM_MS : null;
  }

  // An instant that was bounded from below is asked for again; most deadlines move on before they come.
  #isDue(state: ShardState, hostId: string, { now, policy }: ShardContext): boolean {
    const host = state.hosts.get(hostId);
    if (host === undefined || !isUsual(host)) return host !== undefined;
    const dueAt = judgementDueAt(host, policy);
    if (dueAt > now) this.#due.set(hostId, dueAt);
    return dueAt <= now;
  }

  #set(host: HostState, state: ShardState, context: ShardContext): void {
    this.#due.set(host.hostId, this.#dueAt(host, state, context));
  }

  // One that is silent and was not judged to be so waits for a bound that its keepalives do not move.
  #dueAt(host: HostState, state: ShardState, context: ShardContext): number {
    const { core, sockets } = this.#ports;
    const { liveness } = context.policy;
    const seenAt = isUsual(host) ? sockets.lastSeen(host.hostId) : null;
    const isSilent = seenAt === null || seenAt + liveness.lateAfterMs <= context.now;
    return isUsual(host) && !isSilent
      ? core.ownDueAt(host, state, context)
      : core.hostDueAt(host, state, context);
  }

  #silenceAt({ now, policy }: ShardContext): Silence {
    return this.#ports.sockets.silenceAt(now - policy.liveness.lateAfterMs);
  }

  #eventFor(due: readonly string[]): SweepEvent {
    const { sockets } = this.#ports;
    const seen = due.flatMap((hostId): [string, number][] => {
      const at = sockets.lastSeen(hostId);
      return at === null ? [] : [[hostId, at]];
    });
    return { kind: "sweep", lastSeenAt: namedFrom(seen), due };
  }
}

// One that is late or down already has its own instants.
function isAwaited(host: HostState | undefined): boolean {
  return host?.liveness === "up" || host?.liveness === "unknown";
}
