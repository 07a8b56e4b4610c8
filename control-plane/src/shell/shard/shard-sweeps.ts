// What a ring of the alarm judges: whom the sockets call silent, and who is due; nobody else. Deciding about a quiet shard of a thousand hosts
// therefore costs what is due in it. What a reader would get wrong: where something may concern the others (a host is silent, or the shard has
// just changed as a whole) the same hosts are judged in view of all of them.
import { namedAt, namedFrom, valuesOf } from "@countersign/shared/values/named";
import { changedDueAt, judgementDueAt } from "../../core/shard/at-rest.ts";
import type { ShardContext, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { HostState, ShardState } from "../../core/shard/host/shard-state.ts";
import { viewOf } from "../../core/shard/kept/shard-view.ts";
import { IDLE_ALARM_MS, isUsual } from "../../core/shard/shard-alarm.ts";
import { DueHosts } from "./due-hosts.ts";
import type { ShardPorts, Silence } from "./shard-ports.ts";

type SweepEvent = Extract<ShardEvent, { kind: "sweep" }>;

/** One look at what is due. */
export interface Sweep {
  /** null: nothing is to be judged */
  readonly event: SweepEvent | null;
  /** what is judged concerns nobody else */
  readonly isCalm: boolean;
  /** when the next host would be silent; null: no keepalives are waited for */
  readonly silenceDueAt: number | null;
}

export class ShardSweeps {
  readonly #ports: ShardPorts;
  readonly #judgesAll: boolean;
  readonly #due = new DueHosts();
  /** the policy by which what is due was asked; null: all is to be judged */
  #policy: ShardContext["policy"] | null = null;
  /** something concerned all hosts since the last sweep */
  #isUnsettled = true;

  constructor(ports: ShardPorts, judgesAll: boolean) {
    this.#ports = ports;
    this.#judgesAll = judgesAll;
  }

  /** What is to be judged now. */
  plan(state: ShardState, context: ShardContext): Sweep {
    if (this.#judgesAll || this.#policy !== context.policy) return this.planAll(state, context);
    const silence = this.#silenceAt(context);
    const silent = silence.hostIds.filter((hostId) => isAwaited(namedAt(state.hosts, hostId)));
    const due = this.#due.take(context.now).filter((hostId) => this.#isDue(state, hostId, context));
    const judged = this.#due.inOrder(new Set([...silent, ...due]));
    const isSharedDue = this.#ports.core.sharedDueAt(state) <= context.now;
    const isCalm =
      silent.length === 0 &&
      !this.#isUnsettled &&
      state.gapSinceAt === null &&
      state.fleetSilence === null &&
      judged.every((hostId) => isUsualIn(state, hostId));
    const silenceDueAt = dueAfter(silence, context);
    if (judged.length === 0 && isCalm && !isSharedDue) return { event: null, isCalm, silenceDueAt };
    return { event: this.#eventFor(judged), isCalm, silenceDueAt };
  }

  /** Every host is to be judged. */
  planAll(state: ShardState, context: ShardContext): Sweep {
    this.#policy = context.policy;
    this.#isUnsettled = true;
    const silence = this.#silenceAt(context);
    const { due: _all, ...event } = this.#eventFor(valuesOf(state.hosts).map(({ hostId }) => hostId));
    return { event, isCalm: false, silenceDueAt: dueAfter(silence, context) };
  }

  /** The part of the state in which a calm sweep is decided. */
  view({ due = [] }: SweepEvent, state: ShardState): ShardState {
    return viewOf(due, state);
  }

  /** A decision was made: what has changed may be due sooner. */
  note(before: ShardState, after: ShardState, context: ShardContext): void {
    const isWhole = before.gapSinceAt !== after.gapSinceAt || before.graceUntilAt !== after.graceUntilAt;
    if (isWhole) this.#isUnsettled = true;
    for (const hostId in after.hosts) {
      const [was, is] = [namedAt(before.hosts, hostId), namedAt(after.hosts, hostId)];
      if (is === undefined || (was === is && !isWhole)) continue;
      if (was === undefined || isWhole || !isUsual(is) || !isUsual(was)) this.#set(is, after, context);
      else this.#due.lower(hostId, changedDueAt(was, is, context.policy));
      if (was === undefined || was.liveness !== is.liveness) this.#isUnsettled = true;
    }
  }

  /** A sweep was decided: what is due of whom it judged is asked anew. */
  judged({ due }: SweepEvent, state: ShardState, context: ShardContext): void {
    this.#isUnsettled = false;
    if (due === undefined) {
      for (const host of valuesOf(state.hosts)) this.#set(host, state, context);
      return;
    }
    for (const hostId of due) {
      const host = namedAt(state.hosts, hostId);
      if (host !== undefined) this.#set(host, state, context);
    }
  }

  hasSockets(): boolean {
    return this.#ports.sockets.count > 0;
  }

  /** A host that is gone. */
  drop(hostId: string): void {
    this.#due.drop(hostId);
    this.#isUnsettled = true;
  }

  /** When the next host, or what they share, is due; hosts without a deadline are looked at now and then. null: there is no host, and no deadline. */
  nextAt(state: ShardState): number | null {
    const dueAt = Math.min(this.#due.nextAt, this.#ports.core.sharedDueAt(state));
    if (Number.isFinite(dueAt)) return dueAt;
    for (const _hostId in state.hosts) return this.#ports.clock.now + IDLE_ALARM_MS;
    return null;
  }

  // An instant that was bounded from below is asked for again; most deadlines move on before they come.
  #isDue(state: ShardState, hostId: string, { now, policy }: ShardContext): boolean {
    const host = namedAt(state.hosts, hostId);
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

function dueAfter({ nextSeenAt }: Silence, { policy }: ShardContext): number | null {
  return nextSeenAt === null ? null : nextSeenAt + policy.liveness.lateAfterMs;
}

// One that is late or down already has its own instants.
function isAwaited(host: HostState | undefined): boolean {
  return host?.liveness === "up" || host?.liveness === "unknown";
}

function isUsualIn(state: ShardState, hostId: string): boolean {
  const host = namedAt(state.hosts, hostId);
  return host !== undefined && isUsual(host);
}
