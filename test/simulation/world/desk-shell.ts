// The shell of the IncidentDesk on simulated storage, alarm and channels, with the actor's own four lines: load, decide, save, perform.
// It dies at any effect; what it restores from is its state as JSON. Deliveries under way die with it.
import type { Policy } from "@countersign/shared/policy/policy";
import { changesBetween, type Records } from "@countersign/shared/values/records";
import { ok, type Result } from "@countersign/shared/values/result";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type {
  ActRefusal,
  DeskEffect,
  DeskEvent,
} from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { Approval, DeskState, Page } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../../control-plane/src/core/desk/state/empty-desk.ts";
import type { Actor } from "../../../control-plane/src/core/words/actor.ts";
import type { RecalledGrant } from "../../../control-plane/src/core/words/recalled-grant.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { approvalRowsOf, incidentRowOf, pageRowOf, auditRowOf } from "../../../control-plane/src/db/rows.ts";
import { dropFinished } from "../../../control-plane/src/shell/desk/desk-retention.ts";
import type { Cores } from "../cores.ts";
import { CrashPoints, SimulatedCrash, StorageFailure } from "../faults/crash-points.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { ActorAlarm } from "./actor-alarm.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import type { Pager } from "./pager.ts";
import type { ProjectionQueue } from "./read-side.ts";
import { restoredDesk } from "./restored-desk.ts";
import type { ShardShell } from "./shard-shell.ts";
import { signGrant } from "./simulated-signature.ts";

const RETRY_TICK_MS = 5_000;
const SIGNAL_KEY_KEPT_MS = 7 * 86_400_000;

export interface DeskShellParts {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: Network;
  readonly policy: () => Policy;
  readonly cores: Cores;
  readonly observer: Observer;
  readonly pager: Pager;
  readonly newId: (prefix: string) => string;
  readonly projections: ProjectionQueue;
  readonly shardOf: (hostId: string) => ShardShell | null;
}

export class DeskShell {
  readonly projections: ProjectionQueue;
  /** stored with the audit rows */
  auditCount = 0;
  readonly points = new CrashPoints();
  runsSinceAt: number;
  readonly #parts: DeskShellParts;
  readonly #alarm: ActorAlarm;
  #isDown = false;
  #life = 0;
  #state: DeskState = EMPTY_DESK;
  /** as stored: the state that a new life begins with */
  #stored: DeskState = EMPTY_DESK;
  readonly #takenAt = new Map<string, number>();
  #underWay = new Set<string>();
  /** stored with the act; gone when the shard has stored it */
  readonly #recalls = new Set<{ readonly by: Actor; readonly grant: RecalledGrant }>();

  constructor(parts: DeskShellParts) {
    this.#parts = parts;
    this.runsSinceAt = parts.clock.now;
    this.projections = parts.projections;
    this.#alarm = new ActorAlarm(parts.clock, () => this.#ring());
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get state(): DeskState {
    return this.#state;
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  /** The shards' RPC: at least once, so keys that were taken are dropped. */
  receiveSignals(signals: readonly Signal[]): boolean {
    return this.#enter(() => {
      const fresh = signals.filter(({ key }) => !this.#takenAt.has(key));
      if (fresh.length === 0) return;
      this.#apply([{ kind: "signals", signals: fresh }], () => {
        for (const { key } of fresh) this.#takenAt.set(key, this.#parts.clock.now);
      });
    });
  }

  /** A person's act; null: the desk did not answer, and it is not known whether it was done. */
  act(event: DeskEvent): Result<null, ActRefusal> | null {
    let answer: Result<null, ActRefusal> | null = null;
    const isDone = this.#enter(() => {
      answer = this.#apply([event]);
    });
    return isDone ? answer : null;
  }

  /** The minute's cron. */
  watch(): void {
    this.#enter(() => {
      this.#tick();
      this.#tellRecalls();
    });
    const oldestAt = this.#parts.clock.now - SIGNAL_KEY_KEPT_MS;
    for (const [key, at] of this.#takenAt) {
      if (at >= oldestAt) return;
      this.#takenAt.delete(key);
    }
  }

  stops(downMs: number): void {
    this.#life += 1;
    this.projections.isForgotten();
    this.#underWay = new Set();
    this.#isDown = true;
    this.#alarm.pause();
    const life = this.#life;
    this.#parts.clock.after(downMs, () => {
      if (life !== this.#life) return;
      this.#isDown = false;
      this.runsSinceAt = this.#parts.clock.now;
      this.#state = restoredDesk(JSON.stringify(this.#stored));
      this.#stored = this.#state;
      this.#alarm.resume();
    });
  }

  #enter(work: () => void): boolean {
    if (this.#isDown) return false;
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof StorageFailure) return false;
      if (!(error instanceof SimulatedCrash)) this.#parts.observer.threw(error);
      else this.stops(this.#parts.random.whole(10, 5_000));
      return false;
    }
  }

  #ring(): void {
    const { now } = this.#parts.clock;
    if (!this.#enter(() => this.#tick())) this.#alarm.arm(now + (this.#isDown ? 2_000 : RETRY_TICK_MS));
  }

  #tick(): void {
    this.#apply([{ kind: "tick" }]);
    const kept = dropFinished(this.#state, this.#parts.clock.now);
    if (kept === this.#state) return;
    this.points.beforeStoring();
    this.#stored = kept;
    this.#state = kept;
  }

  #apply(events: readonly DeskEvent[], alsoWrite?: () => void): Result<null, ActRefusal> {
    const { clock, cores, newId, observer } = this.#parts;
    const policy = this.#parts.policy();
    const before = this.#state;
    const effects: DeskEffect[] = [];
    let answer: Result<null, ActRefusal> = ok(null);
    let alarmAt: number | null = null;
    let after = before;
    for (const event of events) {
      const decision = cores.decideDesk(after, event, { now: clock.now, policy, newId });
      // Production arms again, tells it and goes on; a simulation is there to find it.
      if (decision.isLeftUndone) throw new Error(`Decide ${event.kind}: something due was left undone`);
      ({ state: after, alarmAt, answer } = decision);
      effects.push(...decision.effects);
    }
    this.points.beforeStoring();
    alsoWrite?.();
    for (const effect of effects)
      if (effect.kind === "freeze-pulled")
        for (const grant of effect.grants) this.#recalls.add({ by: effect.by, grant });
    this.#project(before, after, effects);
    this.#stored = after;
    this.#state = after;
    this.#alarm.arm(alarmAt);
    observer.deskDecided({ events, before, after, effects, armedAt: this.#alarm.armedAt });
    this.projections.drain();
    this.#perform(effects.filter(({ kind }) => kind !== "audit"));
    return answer;
  }

  #project(before: DeskState, after: DeskState, effects: readonly DeskEffect[]): void {
    const audited = effects.flatMap((effect) => (effect.kind === "audit" ? [effect.entry] : []));
    this.projections.put([
      ...changedOf(before.incidents, after.incidents).map(incidentRowOf),
      ...changedOf(before.approvals, after.approvals).flatMap(approvalRowsOf),
      ...changedOf(before.pages, after.pages).map(pageRowOf),
      ...audited.map((entry) =>
        auditRowOf({ ...entry, sequence: ++this.auditCount, previousHash: "", hash: "" }),
      ),
    ]);
  }

  #perform(effects: readonly DeskEffect[]): void {
    this.points.afterEffects(0);
    effects.forEach((effect, index) => {
      this.#performOne(effect);
      this.points.afterEffects(index + 1);
    });
  }

  #performOne(effect: DeskEffect): void {
    switch (effect.kind) {
      case "audit":
        return; // stored already
      case "send-page":
        return this.#sendPage(effect.page);
      case "deliver-grant":
        return this.#deliverGrant(effect.approval);
      case "freeze-pulled":
        return this.#tellRecalls();
      case "freeze-lifted":
        return this.#tellLifted(effect);
      case "host-retired":
        throw new Error("Retire host: nobody does that in a simulation");
    }
  }

  #sendPage(page: Page): void {
    const { key } = page;
    const underWay = `page:${key}`;
    if (this.#underWay.has(underWay)) return;
    this.#underWay.add(underWay);
    const life = this.#life;
    const channel = page.channels[page.channelIndex] ?? "";
    this.#parts.pager.send({ page, channel }, (result, detail) => {
      if (life !== this.#life) return;
      this.#underWay.delete(underWay);
      this.#enter(() => void this.#apply([{ kind: "page-attempted", key, channel, result, detail }]));
    });
  }

  #deliverGrant(approval: Approval): void {
    const { approvalId, grantId, grantExpiresAt, subject, proposal } = approval;
    const shard = this.#parts.shardOf(subject.hostId);
    const underWay = `grant:${approvalId}`;
    if (shard === null || grantId === null || grantExpiresAt === null || this.#underWay.has(underWay)) return;
    this.#underWay.add(underWay);
    const grant = {
      grantId,
      hostId: subject.hostId,
      service: proposal.service,
      expiresAt: grantExpiresAt,
      envelope: JSON.stringify(signGrant(approval)),
    };
    const life = this.#life;
    this.#parts.network.call(
      () => shard.takeGrant(grant),
      (isDone) => {
        if (life !== this.#life) return;
        this.#underWay.delete(underWay);
        if (isDone) this.#enter(() => void this.#apply([{ kind: "grant-delivered", approvalId }]));
      },
    );
  }

  // At least once, as from the outbox: when it happens, and at each watch until the shard has stored it.
  #tellRecalls(): void {
    for (const recall of this.#recalls) {
      const shard = this.#parts.shardOf(recall.grant.hostId);
      if (shard === null) continue;
      this.#parts.network.call(
        () => shard.pullFreeze({ kind: "freeze-pulled", by: recall.by, grants: [recall.grant] }),
        (isDone) => void (isDone && this.#recalls.delete(recall)),
      );
    }
  }

  #tellLifted({ by, scope }: Extract<DeskEffect, { kind: "freeze-lifted" }>): void {
    // No rule of a whole shard freezes.
    if (scope.kind === "fleet") return;
    const shard = this.#parts.shardOf(scope.hostId);
    if (shard === null) return;
    this.#parts.network.call(
      () => shard.liftFreeze({ kind: "freeze-lifted", scope, by }),
      () => {},
    );
  }
}

function changedOf<T>(before: Records<T>, after: Records<T>): readonly T[] {
  return changesBetween(before, after).flatMap(({ after: set }) => (set === undefined ? [] : [set]));
}
