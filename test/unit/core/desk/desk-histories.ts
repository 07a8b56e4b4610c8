// Histories of a desk for its properties: conditions with changing words and severities, people and strangers, silences, rules that
// freeze, standing approvals, policies applied in between, and restarts that lose all memory but the state.
import fc from "fast-check";
import { Severity } from "@countersign/shared/wire/service-report";
import { standInYes } from "../../../../control-plane/replay/world/stand-in.ts";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskDecision, DeskEffect } from "../../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { FLEET } from "../../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { Desk, HOST, POLICY, proposalText, SERVICE } from "./desk-fixtures.ts";
import { hostAt, serviceAt } from "./fleet.ts";
import { restoredDesk } from "./restored-desk.ts";

const SCOPES = [FLEET, HOST, SERVICE] as const;
const PEOPLE = ["alice", "bob", "rule:fleet-silent", "desk", "mallory"] as const;
export const POLICIES = [
  POLICY,
  Policy.parse({
    version: 1,
    responders: POLICY.responders,
    channels: POLICY.channels,
    escalation: { steps: [{ notify: ["bob"], after: "0s" }] },
  }),
  Policy.parse({
    version: 1,
    responders: POLICY.responders,
    channels: POLICY.channels,
    escalation: { steps: [{ notify: ["alice"], after: "1m" }], repeat: "5m" },
    rules: { "automation-frozen": { enabled: false }, "approval-unanswered": { enabled: false } },
  }),
];

export const command = fc.oneof(
  fc.record({
    kind: fc.constant("fire" as const),
    words: fc.string({ maxLength: 5 }),
    freezes: fc.boolean(),
    severity: fc.constantFrom(...Severity.options),
    restarts: fc.nat(3),
  }),
  fc.record({ kind: fc.constantFrom("clear" as const, "restart" as const, "deliver" as const) }),
  fc.record({
    kind: fc.constant("propose" as const),
    level: fc.constantFrom(2 as const, 3 as const, 4 as const, 5 as const),
  }),
  fc.record({
    kind: fc.constant("give" as const),
    uses: fc.integer({ min: 1, max: 2 }),
    ms: fc.constantFrom(60_000, 3_000_000),
    by: fc.constantFrom(...PEOPLE),
  }),
  fc.record({
    kind: fc.constant("outcome" as const),
    status: fc.constantFrom("succeeded" as const, "failed" as const, "lost" as const),
  }),
  fc.record({ kind: fc.constantFrom("approve" as const, "deny" as const, "acknowledge" as const) }),
  fc.record({
    kind: fc.constantFrom("freeze" as const, "lift" as const),
    scope: fc.nat(2),
    by: fc.constantFrom(...PEOPLE),
  }),
  fc.record({ kind: fc.constant("silence" as const), ms: fc.constantFrom(1, 60_000, 3_000_000) }),
  fc.record({ kind: fc.constant("apply" as const), policy: fc.nat(POLICIES.length - 1) }),
  fc.record({
    kind: fc.constant("wait" as const),
    ms: fc.constantFrom(1, 3_000, 60_000, 900_000, 1_790_000, 4_000_000),
  }),
);
const about = {
  host: fc.integer({ min: 1, max: 4 }),
  reason: fc.constantFrom(
    "check-failing" as const,
    "check-failing" as const,
    "no-progress" as const,
    "startup-death" as const,
    "remediation-ineffective" as const,
    "stale-code" as const,
    "host-silent" as const,
  ),
};

/** The same, and the same troubles on other hosts, which go down and come back. */
export const fleetCommand = fc.oneof(
  { weight: 1, arbitrary: command },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("fire-at" as const),
      ...about,
      severity: fc.constantFrom(...Severity.options),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear-at" as const), ...about }) },
);
export type Command = typeof fleetCommand extends fc.Arbitrary<infer T> ? T : never;

/** Plays a history; `check` sees the state before each command, the command, and what was decided. */
export function play(
  check: (desk: Desk, before: DeskState, played: { next: Command; made: readonly DeskEffect[] }) => void,
  commands: fc.Arbitrary<Command> = command,
) {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 50, size: "max" }), (history) => {
      const desk = new Desk();
      let requests = 0;
      for (const next of history) {
        const before = desk.state;
        const done = desk.effects.length;
        perform(desk, next, () => (requests += 1));
        check(desk, before, { next, made: desk.effects.slice(done) });
      }
    }),
    { numRuns: 300 },
  );
}

export function perform(desk: Desk, next: Command, count: () => number): DeskDecision | null {
  const last = desk.state.approvals.values().at(-1);
  switch (next.kind) {
    case "fire": {
      const { freezes, severity, words } = next;
      const restarts = { count: next.restarts, max: 3, windowMs: 3_600_000 };
      return desk.fire({ title: `demo: ${words}`, freezes, severity, restarts, proposalRequestId: "prq_1" });
    }
    case "clear":
      return desk.clear();
    case "fire-at":
      return desk.fire({ reason: next.reason, severity: next.severity, subject: subjectOf(next) });
    case "clear-at":
      return desk.clear(next.reason, subjectOf(next));
    case "propose": {
      const number = count();
      const proposal = proposalText({ level: next.level, nonce: String(number).padStart(22, "n") });
      return desk.propose({ requestId: `prq_${number}`, proposal });
    }
    case "give": {
      const { by, ms, uses: usesMax } = next;
      const times = { usesMax, untilAt: desk.now + ms };
      return desk.act(by, {
        kind: "give-standing",
        standingId: `std_${count()}`,
        signed: standInYes("alice"),
        subject: SERVICE,
        action: "restart",
        why: "known leak",
        ...times,
      });
    }
    case "outcome":
      return last === undefined || last.grantId === null
        ? null
        : desk.end({ status: next.status, nonce: last.proposal.nonce });
    case "restart":
      desk.state = restoredDesk(JSON.stringify(desk.state));
      return desk.take({ kind: "tick" });
    case "deliver":
      desk.deliverPages();
      return null;
    case "approve":
      return last === undefined ? null : desk.approve({ proposalHash: last.proposalHash });
    case "deny":
      return last === undefined ? null : desk.act("bob", { kind: "deny", approvalId: last.approvalId });
    case "acknowledge":
      return desk.act("bob", { kind: "acknowledge", incidentId: desk.state.incidents.ids().at(-1) ?? "" });
    case "freeze":
      return desk.act(next.by, { kind: "freeze", scope: SCOPES[next.scope] ?? FLEET, why: "looking" });
    case "lift":
      return desk.act(next.by, { kind: "lift-freeze", scope: SCOPES[next.scope] ?? FLEET, why: "done" });
    case "silence": {
      const matcher = { hostId: null, service: null, reason: "check-failing" } as const;
      const times = { startsAt: desk.now, endsAt: desk.now + next.ms };
      return desk.act("alice", { kind: "silence", matcher, why: "planned", ...times });
    }
    case "apply":
      desk.policy = POLICIES[next.policy] ?? POLICY;
      return desk.take({ kind: "tick" });
    case "wait":
      return desk.tickAfter(next.ms);
  }
}

function subjectOf({ host, reason }: { readonly host: number; readonly reason: string }) {
  return reason === "host-silent" ? hostAt(host) : serviceAt(host);
}

/** The pages that were attempted. */
export function pagesOf(made: readonly DeskEffect[]): readonly Page[] {
  return made.flatMap((effect) => (effect.kind === "send-page" ? [effect.page] : []));
}
