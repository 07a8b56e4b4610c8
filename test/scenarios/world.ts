// The world of the scenarios: simulated hosts, the real decideShard, the real decideDesk, and fake channels, on a virtual clock.
// What is expected is claimed; whatever is left unclaimed at the end of a story (a page, an action on a host, an audit row that is
// not routine) fails it. So a story says everything that happened.
import { expect, test } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import {
  FIRST_RULES,
  type LevelRule,
  ONE_PERSON,
  RULES_WITHOUT_PEOPLE,
} from "@countersign/shared/wire/level-rule";
import {
  type ChannelState,
  type DeliveredPage,
  MemoryDesk,
} from "../../control-plane/replay/world/memory-desk.ts";
import { ReplayShard } from "../../control-plane/replay/world/replay-shard.ts";
import { SimulatedHost } from "../../control-plane/replay/world/simulated-host.ts";
import type { SimulatedAction } from "../../control-plane/replay/world/simulated-service.ts";
import { standInSignature, standInYes } from "../../control-plane/replay/world/stand-in.ts";
import { VirtualClock } from "../../control-plane/replay/world/virtual-clock.ts";
import type { ReadyAct } from "../../control-plane/src/core/desk/acts/act-list.ts";
import { successorOf } from "../../control-plane/src/core/desk/approvals/current.ts";
import { actBy } from "../../control-plane/src/core/desk/desk-event.ts";
import type { Page } from "../../control-plane/src/core/desk/records/pages/page.ts";
import type { ActRefusal } from "../../control-plane/src/core/desk/state/desk-events.ts";
import { openFindingsBy } from "../../control-plane/src/core/desk/state/finding-index.ts";
import type { PageReason } from "../../control-plane/src/core/words/signal.ts";
import { FLEET, type Scope } from "../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../control-plane/src/policy/policy.ts";
import { describePage, isWanted, type PageExpectation } from "./told-pages.ts";

export { minutes, seconds } from "../../control-plane/replay/world/virtual-clock.ts";

/** Alice is paged by push, else by text; Bob five minutes after her; all again after fifteen. */
const POLICY = {
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" }, text: { kind: "ntfy", topic: "text" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["push", "text"] },
    { id: "bob", name: "Bob", channels: ["push", "text"] },
  ],
  escalation: {
    steps: [
      { notify: ["alice"], after: "0s" },
      { notify: ["bob"], after: "5m" },
    ],
    repeat: "15m",
  },
};

/** Rows that go without saying: they accompany a page, an act or a flip that is claimed itself. */
const ROUTINE_ACTS = new Set([
  "noted",
  "incident-opened",
  "finding-joined",
  "finding-cleared",
  "finding-ended",
  "page-delivered",
  "approval-requested",
  "approval-seen",
  "grant-delivered",
]);

const SHARD = "shard-0";

/** What a story changes about its world: settings of the policy, and the catalogue's actions of the service `demo`. */
export interface StoryPlan {
  /** absent: of this version */
  readonly agents?: "version-1";
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly actions?: readonly SimulatedAction[];
}

export class World {
  readonly #clock = new VirtualClock();
  readonly #plan: StoryPlan;
  readonly #policy: Policy;
  readonly #desk: MemoryDesk;
  readonly #shard: ReplayShard;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #claimedExecutions = new Map<string, number>();
  /** all that ever came, by every channel */
  readonly #delivered: DeliveredPage[] = [];
  #claimedRows = new Set<number>();

  constructor(plan: StoryPlan = {}) {
    this.#plan = plan;
    this.#policy = Policy.parse({ ...POLICY, ...plan.policy });
    this.#desk = new MemoryDesk({ clock: this.#clock, policy: this.#policy });
    this.#shard = new ReplayShard({
      clock: this.#clock,
      policy: this.#policy,
      tellDesk: (signals, answered) => this.#desk.receiveSignals(SHARD, signals, answered),
    });
    this.#desk.shards.set(SHARD, this.#shard);
    this.#desk.shardNameOf = () => SHARD;
    this.#desk.onPage = (delivered) => this.#delivered.push(delivered);
  }

  /** The host of that name; the first mention enrols and connects it, healthy, for a minute. */
  host(name: string): SimulatedHost {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const hostId = `host_${String(this.#hosts.size + 1).padStart(32, "0")}`;
    const host = new SimulatedHost(name, { clock: this.#clock, shard: this.#shard, hostId });
    host.service("demo").actions = this.#plan.actions ?? host.service("demo").actions;
    if (this.#plan.agents === "version-1") host.signing = null;
    this.#hosts.set(name, host);
    this.#shard.enrol(hostId, name);
    host.starts();
    this.#clock.advance(60_000);
    return host;
  }

  get now(): number {
    return this.#clock.now;
  }

  channel(name: string, state: ChannelState): void {
    this.#desk.channels.set(name, state);
  }

  /** A person says "I have it" where a page arrived. */
  acknowledgesOnPhone(page: Page, channel: string): void {
    const receipt = { stage: "acknowledged", at: this.#clock.now, detail: "on the phone" } as const;
    this.#desk.take({ kind: "receipt-told", deliveryKey: `${page.key}@${channel}`, receipt });
  }

  /** What channels were told about pages that nobody needs any more. */
  get settled(): readonly string[] {
    return this.#desk.settled;
  }

  advance(durationMs: number): void {
    this.#clock.advance(durationMs);
  }

  /** A new version, or a crash, of the whole control plane. */
  controlPlaneStops(): void {
    this.#shard.stops();
    this.#desk.stops();
  }

  controlPlaneStarts(): void {
    this.#shard.startsAgain();
    this.#desk.startsAgain();
  }

  /** A person follows a page's link to the approval and says yes to what stands there; "ok", or why not. */
  approves(by: string, page: Page): "ok" | ActRefusal["reason"] {
    const linked = this.#desk.state.approvals.get(page.path.replace("/approvals/", ""));
    // A link of an older proposal leads to the current one.
    const approval = linked === undefined ? undefined : (successorOf(this.#desk.state, linked) ?? linked);
    const { approvalId = "", proposalHash = "" } = approval ?? {};
    this.#desk.take(actBy(by, { kind: "see-approval", approvalId: linked?.approvalId ?? "" }));
    const signature = standInSignature(by, proposalHash);
    return this.#answerOf(by, { kind: "approve", approvalId, proposalHash, signature });
  }

  /** What the trust of a host demands, from now on, for acts of restart class. */
  demands(host: string, rule: Partial<LevelRule>): void {
    const { actuator } = this.host(host);
    actuator.rules = { ...FIRST_RULES, 4: { ...ONE_PERSON, ...rule } };
  }

  /** Its root closes acts of restart class. */
  closes(host: string): void {
    this.host(host).actuator.rules = RULES_WITHOUT_PEOPLE;
  }

  /** The fleet's trust has so many versions now, as the desk tells every shard. */
  publishesTrust(versions: number): void {
    const hashes = Array.from({ length: versions }, (_, index) => String(index + 1).padStart(64, "0"));
    const party = { rpId: "desk.example.org", origins: ["https://desk.example.org"] };
    this.#shard.shell.trust.take({ party, hashes, credentialIds: ["stand-in-alice"] });
  }

  /** What a person is told who asks a host for an act of its service `demo`. */
  asksFor(by: string, host: string, action: string): "ok" | ActRefusal["reason"] {
    const { hostId } = this.host(host);
    return this.#answerOf(by, {
      kind: "ask-for",
      hostId,
      hostName: host,
      service: "demo",
      action,
      why: "it leaks",
    });
  }

  /** A person opens the newest question that is open, by its list and not by a page, and says yes. */
  approvesNewest(by: string): "ok" | ActRefusal["reason"] {
    const approval = this.#desk.state.approvals.values().at(-1);
    const { approvalId = "", proposalHash = "" } = approval ?? {};
    const signature = standInSignature(by, proposalHash);
    return this.#answerOf(by, { kind: "approve", approvalId, proposalHash, signature });
  }

  /** A person opens the link of a page that asks something, and answers nothing. */
  opens(by: string, { path }: Page): void {
    const approvalId = path.replace("/approvals/", "");
    expect(this.#answerOf(by, { kind: "see-approval", approvalId })).toBe("ok");
  }

  denies(by: string, page: Page): "ok" | ActRefusal["reason"] {
    const approvalId = page.path.replace("/approvals/", "");
    return this.#answerOf(by, { kind: "deny", approvalId });
  }

  /** A person takes a host off the list of a silent fleet; "ok", or why not. */
  setsAside(by: string, name: string): "ok" | ActRefusal["reason"] {
    return this.#answerOf(by, { kind: "set-aside", hostId: this.host(name).hostId, why: "looked at apart" });
  }

  acknowledges(by: string, page: Page): "ok" | ActRefusal["reason"] {
    return this.#answerOf(by, { kind: "acknowledge", incidentId: page.incidentId });
  }

  /** A person opens what a test page or a drill leads to, and says that it came. */
  saysItCame(by: string, page: Page): "ok" | ActRefusal["reason"] {
    return this.#answerOf(by, { kind: "confirm-test-page", testId: page.incidentId });
  }

  /** A person pulls the brake on a host, or on everything (null). */
  freezes(by: string, host: string | null, why = "we look at it"): "ok" | ActRefusal["reason"] {
    return this.#answerOf(by, { kind: "freeze", scope: this.#scopeOf(host), why });
  }

  liftsFreeze(by: string, host: string | null, why = "looked at"): "ok" | ActRefusal["reason"] {
    return this.#answerOf(by, { kind: "lift-freeze", scope: this.#scopeOf(host), why });
  }

  /** A person silences one reason, from now on or from a planned instant on. */
  silences(by: string, reason: PageReason, durationMs: number, startsInMs = 0): "ok" | ActRefusal["reason"] {
    const startsAt = this.#clock.now + startsInMs;
    const matcher = { hostId: null, service: null, reason };
    const times = { startsAt, endsAt: startsAt + durationMs };
    return this.#answerOf(by, { kind: "silence", matcher, why: "planned work", ...times });
  }

  /** A person says yes in advance to an action on the service `demo` of a host. */
  givesStanding(
    by: string,
    given: {
      readonly host: string;
      readonly action: string;
      readonly usesMax: number;
      readonly forMs: number;
    },
  ): "ok" | ActRefusal["reason"] {
    const { action, forMs, host, usesMax } = given;
    const subject = {
      kind: "service",
      hostId: this.host(host).hostId,
      hostName: host,
      service: "demo",
    } as const;
    const untilAt = this.#clock.now + forMs;
    return this.#answerOf(by, {
      kind: "give-standing",
      subject,
      action,
      usesMax,
      untilAt,
      why: "known leak",
      standingId: `std_${this.#clock.now}`,
      signed: standInYes(by),
    });
  }

  /** A person takes every standing approval back. */
  revokesStanding(by: string): void {
    for (const standingId of this.#desk.state.standing.ids())
      expect(this.#answerOf(by, { kind: "revoke-standing", standingId })).toBe("ok");
  }

  /** The host's agent learns something and tells it. */
  tells(host: string, facts: readonly Fact[]): void {
    this.host(host).tells(facts);
  }

  /** The shell looked at a channel; null: it can work. */
  routeChecked(channel: string, problem: string | null): void {
    this.#desk.take({ kind: "route-checked", channel, problem });
  }

  /** The host announces that it goes, and when it will be back. */
  announcesReboot(host: string, returnWithinMs: number): void {
    this.host(host).announcesAbsence("reboot", returnWithinMs);
  }

  /** Claims one page that was delivered to a person; where it went to all their channels at once, it is one page still. */
  expectPage(responder: string, wanted: PageExpectation): Page {
    const index = this.#desk.pages.findIndex((page) => isWanted(page, responder, wanted));
    const listed = this.#desk.pages.map(describePage).join("\n");
    if (index < 0)
      throw new Error(`Expected a page to ${responder} ${JSON.stringify(wanted)}; there is:\n${listed}`);
    const [found] = this.#desk.pages.splice(index, 1);
    if (found === undefined) throw new Error("unreachable");
    if (found.page.isEverywhere) this.#claimCopies(found.page.key);
    return found.page;
  }

  /** Claims all that came to a person, in order: a story of many pages says how many they are. */
  claimPages(responder: string): readonly Page[] {
    const own = this.#desk.pages.filter(({ page }) => page.responder === responder);
    for (const { page } of own) this.#claimCopies(page.key);
    return [...new Map(own.map(({ page }) => [page.key, page])).values()];
  }

  /** The channels that have brought a page. */
  channelsOf({ key }: Page): readonly string[] {
    return this.#delivered.filter(({ page }) => page.key === key).map(({ channel }) => channel);
  }

  expectNoPage(): void {
    expect(this.#desk.pages.map(describePage).join("\n")).toBe("");
  }

  /** Claims one execution on a host, such as `demo restart`. */
  expectAction(host: string, execution: string): void {
    const claimed = this.#claimedExecutions.get(host) ?? 0;
    expect(this.host(host).actuator.executions[claimed]).toBe(execution);
    this.#claimedExecutions.set(host, claimed + 1);
  }

  /** Claims audit rows by their act, one row for each mention. */
  expectAudit(...acts: readonly string[]): void {
    for (const act of acts) {
      const index = this.#desk.audit.findIndex((row, at) => row.act === act && !this.#claimedRows.has(at));
      if (index < 0) throw new Error(`Expected an audit row ${act}; unclaimed:\n${this.#describeRows()}`);
      this.#claimedRows.add(index);
    }
  }

  /** Claims every audit row of an act, of which there is one at least. */
  expectAuditsOf(act: string): void {
    const indexes = this.#desk.audit.flatMap((row, at) => (row.act === act ? [at] : []));
    expect(indexes.length, `audit rows ${act}`).toBeGreaterThan(0);
    for (const index of indexes) this.#claimedRows.add(index);
  }

  /** The evidence of the open finding of a reason, as its incident's view shows it now. */
  evidenceOf(reason: PageReason): readonly string[] {
    const open = openFindingsBy(this.#desk.state, reason);
    expect(open, `open findings ${reason}`).toHaveLength(1);
    return open.flatMap(({ evidence }) => evidence.map(({ text }) => text));
  }

  /** Some audit row of that act says this. */
  expectAuditSays(act: string, part: string): void {
    const texts = this.#desk.audit.filter((row) => row.act === act).map(({ why }) => why);
    expect(
      texts.some((text) => text.includes(part)),
      `${act} says "${part}":\n${texts.join("\n")}`,
    ).toBe(true);
  }

  /** Runs at the end of every story. */
  expectNothingElse(): void {
    expect(this.#desk.pages.map(describePage).join("\n"), "pages that nobody expected").toBe("");
    expect(this.#describeRows(), "audit rows that nobody expected").toBe("");
    for (const [name, { actuator }] of this.#hosts)
      expect(actuator.executions.length, `actions on ${name}`).toBe(this.#claimedExecutions.get(name) ?? 0);
  }

  #answerOf(by: string, act: ReadyAct): "ok" | ActRefusal["reason"] {
    const answer = this.#desk.take(actBy(by, act));
    return answer.ok ? "ok" : answer.error.reason;
  }

  #scopeOf(host: string | null): Scope {
    return host === null ? FLEET : { kind: "host", hostId: this.host(host).hostId, hostName: host };
  }

  #claimCopies(key: string): void {
    for (let index = this.#desk.pages.length - 1; index >= 0; index -= 1)
      if (this.#desk.pages[index]?.page.key === key) this.#desk.pages.splice(index, 1);
  }

  #describeRows(): string {
    return this.#desk.audit
      .filter(({ act }, index) => !ROUTINE_ACTS.has(act) && !this.#claimedRows.has(index))
      .map(({ act, subject, why }) => `${act} ${subject}: ${why}`)
      .join("\n");
  }
}

/** One story, in a world of its own. */
export function story(name: string, tell: (world: World) => void, plan: StoryPlan = {}): void {
  test(name, () => {
    const world = new World(plan);
    tell(world);
    world.expectNothingElse();
  });
}
