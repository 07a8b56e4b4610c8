// People with phones: they look at a page after a while, or not at all; they approve, deny, acknowledge, double-tap, act on an old page.
// Each knows only what a page said. A tap that the desk did not answer is repeated a few times, as a thumb does.
import type { Severity } from "@countersign/shared/wire/service-report";
import { standInSignature } from "../../../control-plane/replay/world/stand-in.ts";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { ReadyAct } from "../../../control-plane/src/core/desk/acts/act-list.ts";
import type { FreezeAct } from "../../../control-plane/src/core/desk/acts/freeze.ts";
import type { GiveStanding } from "../../../control-plane/src/core/desk/acts/give-standing.ts";
import type { LiftFreeze } from "../../../control-plane/src/core/desk/acts/lift-freeze.ts";
import type { SilenceAct } from "../../../control-plane/src/core/desk/acts/silence.ts";
import { actBy } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { openFindingsOf } from "../../../control-plane/src/core/desk/state/finding-index.ts";
import { isSameSubject, type Subject, subjectKeyOf } from "../../../control-plane/src/core/words/subject.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { DeskActor } from "./desk-actor.ts";

const LOOKS_AFTER_MEAN_MS = 4 * 60_000;
const TAPS_AGAIN_MS = 7_000;
const TAPS_MAX = 4;

/** What people did, as they remember it: invariants compare it with what the desk and the hosts did. */
export interface PeopleMemory {
  /** proposal hash of every yes that was tapped, by approval */
  readonly tappedYes: Map<string, string>;
  /** until when nobody may be rung, and what was taken, by incident: from acknowledgements that the desk confirmed */
  readonly taken: Map<string, Taken>;
  /** freezes that the desk confirmed and nobody has tapped away since, by scope */
  readonly brakes: Map<string, Subject>;
  /** every yes in advance that was tapped, also where no answer came */
  readonly inAdvance: YesInAdvance[];
}

export interface Taken {
  readonly untilAt: number;
  /** how grave each finding of it was, by its id */
  readonly known: ReadonlyMap<string, Severity>;
}

export interface YesInAdvance {
  readonly given: GiveStanding;
  readonly by: string;
  readonly tappedAt: number;
  /** acts that ran by it */
  ranCount: number;
}

export class SimulatedPeople {
  readonly memory: PeopleMemory = {
    tappedYes: new Map(),
    taken: new Map(),
    brakes: new Map(),
    inAdvance: [],
  };
  #awayCount = 0;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #desk: DeskActor;
  readonly #acknowledgementMs: number;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly random: SeededRandom;
    readonly desk: DeskActor;
    readonly acknowledgementMs: number;
  }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#desk = parts.desk;
    this.#acknowledgementMs = parts.acknowledgementMs;
  }

  stayAway(durationMs: number): void {
    this.#awayCount += 1;
    this.#clock.after(durationMs, () => (this.#awayCount -= 1));
  }

  receive(page: Page): void {
    if (this.#awayCount > 0 || this.#random.isHit(0.3)) return;
    if (page.kind === "recovered") return;
    this.#clock.after(this.#random.pauseMs(LOOKS_AFTER_MEAN_MS), () => this.#look(page));
  }

  pulls(by: string, act: FreezeAct | LiftFreeze | SilenceAct): void {
    if (act.kind === "lift-freeze") this.memory.brakes.delete(subjectKeyOf(act.scope));
    this.#tap(by, act, TAPS_MAX);
  }

  approvesInAdvance(by: string, given: GiveStanding): void {
    this.#tap(by, given, TAPS_MAX);
  }

  /** Takes back what the list of standing approvals shows for a subject. */
  revokesStanding(asked: Subject, by: string): void {
    for (const { standingId, subject } of this.#desk.state.standing.values())
      if (isSameSubject(subject, asked)) this.#tap(by, { kind: "revoke-standing", standingId }, TAPS_MAX);
  }

  #look({ approvalId, incidentId, responder: by }: Page): void {
    const mood = this.#random.fraction();
    if (approvalId === null || mood < 0.2) {
      if (mood < 0.7) this.#tap(by, { kind: "acknowledge", incidentId }, TAPS_MAX);
      return;
    }
    this.#tap(by, { kind: "see-approval", approvalId }, 1);
    this.#clock.after(this.#random.whole(2_000, 60_000), () => this.#decide(approvalId, by));
  }

  #decide(linked: string, by: string): void {
    const { approvals, findings } = this.#desk.state;
    const asked = approvals.get(linked);
    // What was renewed meanwhile is what the link leads to.
    const approvalId = findings.get(asked?.findingId ?? "")?.approvalId ?? linked;
    const approval = approvals.get(approvalId);
    if (approval === undefined) return;
    if (this.#random.isHit(0.2)) return this.#tap(by, { kind: "deny", approvalId }, TAPS_MAX);
    const { proposalHash } = approval;
    this.memory.tappedYes.set(approvalId, proposalHash);
    const signature = standInSignature(by, proposalHash);
    const yes = { kind: "approve", approvalId, proposalHash, signature } as const;
    this.#tap(by, yes, TAPS_MAX);
    if (this.#random.isHit(0.2)) this.#clock.after(300, () => this.#tap(by, yes, 1));
  }

  #tap(by: string, act: ReadyAct, taps: number): void {
    const { inAdvance } = this.memory;
    if (act.kind === "give-standing")
      inAdvance.push({ given: act, by, tappedAt: this.#clock.now, ranCount: 0 });
    const answer = this.#desk.act(actBy(by, act));
    if (answer === null) {
      if (taps > 1) this.#clock.after(TAPS_AGAIN_MS, () => this.#tap(by, act, taps - 1));
      return;
    }
    if (act.kind === "freeze" && answer.ok) this.memory.brakes.set(subjectKeyOf(act.scope), act.scope);
    if (act.kind !== "acknowledge" || !answer.ok) return;
    const open = openFindingsOf(this.#desk.state, act.incidentId);
    const known = new Map(open.map(({ findingId, severity }) => [findingId, severity]));
    this.memory.taken.set(act.incidentId, { untilAt: this.#clock.now + this.#acknowledgementMs, known });
  }
}
