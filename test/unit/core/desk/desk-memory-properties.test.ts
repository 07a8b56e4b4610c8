// What a desk remembers beside its state (indexes, instants at which something is due) decides nothing: in every history, at every later
// moment, it decides as one that has just woken with the same state, whatever was decided and thrown away in between.
import fc from "fast-check";
import { expect, test } from "vitest";
import { decideDesk } from "../../../../control-plane/src/core/desk/decide-desk.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import type {
  HostSubject,
  ServiceSubject,
  Subject,
} from "../../../../control-plane/src/core/words/subject.ts";
import { Desk, proposalText } from "./desk-fixtures.ts";
import { POLICIES } from "./desk-histories.ts";
import { restoredDesk } from "./restored-desk.ts";

const HOSTS: readonly HostSubject[] = ["a", "b", "c"].map((name) => ({
  kind: "host",
  hostId: `host_${name.repeat(32)}`,
  hostName: name,
}));
const LATER_MS = [0, 3_000, 60_000, 130_000, 900_000, 4_000_000] as const;

const about = { host: fc.nat(2), what: fc.constantFrom("service", "service", "host", "fleet") };
const command = fc.oneof(
  fc.record({
    kind: fc.constant("fire" as const),
    ...about,
    severity: fc.constantFrom("warning", "critical"),
    freezes: fc.boolean(),
    isShadowed: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("clear" as const), ...about }),
  fc.record({ kind: fc.constantFrom("propose" as const, "silence" as const), host: fc.nat(2) }),
  fc.record({ kind: fc.constantFrom("acknowledge" as const, "approve" as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constantFrom("deliver" as const, "fail" as const, "lift" as const) }),
  fc.record({ kind: fc.constant("apply" as const), policy: fc.nat(POLICIES.length - 1) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(...LATER_MS) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

test("a desk decides as one that has just woken", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40, size: "max" }), (history) => {
      const desk = new Desk();
      for (const next of history) {
        const before = desk.state;
        perform(desk, next);
        expectSame(desk, before);
        expectSame(desk, desk.state);
      }
    }),
    { numRuns: 60 },
  );
});

function expectSame(desk: Desk, state: DeskState): void {
  const woken = restoredDesk(JSON.stringify(state));
  for (const laterMs of LATER_MS) {
    const [known, anew] = [state, woken].map((from) => {
      let ids = 0;
      const newId = (prefix: string) => `${prefix}_later${++ids}`;
      return decideDesk(from, { kind: "tick" }, { now: desk.now + laterMs, policy: desk.policy, newId });
    });
    expect(known).toEqual(anew);
  }
}

function perform(desk: Desk, next: Command): void {
  switch (next.kind) {
    case "fire": {
      const { freezes, isShadowed, severity } = next;
      const shadow = isShadowed ? { shadow: { tags: [] } } : {};
      desk.fire({ ...conditionOf(next), freezes, severity, ...shadow });
      return;
    }
    case "clear":
      desk.take({
        kind: "signal",
        signal: { ...desk.signalBase(), kind: "cleared", ...conditionOf(next), evidence: [] },
      });
      return;
    case "propose": {
      const subject = serviceOn(next.host);
      const requestId = `prq_${desk.signalBase().key}`;
      desk.propose({ subject, requestId, proposal: proposalText({ hostId: subject.hostId }) });
      return;
    }
    case "silence": {
      const matcher = { hostId: serviceOn(next.host).hostId, service: null, reason: null };
      const times = { startsAt: desk.now + 1_000, endsAt: desk.now + 200_000 };
      desk.act("alice", { kind: "silence", matcher, why: "work", ...times });
      return;
    }
    case "acknowledge": {
      const incidentId = desk.state.incidents.ids()[next.which] ?? "";
      desk.act("bob", { kind: "acknowledge", incidentId });
      return;
    }
    case "approve": {
      const approval = desk.state.approvals.values()[next.which];
      if (approval !== undefined) desk.approve(approval);
      return;
    }
    case "deliver":
      desk.deliverPages();
      return;
    case "fail":
      for (const { key, channels, state } of desk.state.pages.values())
        if (state === "pending") desk.receipt(key, channels[0] ?? "", "failed");
      return;
    case "lift":
      for (const { scope } of desk.state.freezes.values())
        desk.act("alice", { kind: "lift-freeze", scope, why: "done" });
      return;
    case "apply":
      desk.policy = POLICIES[next.policy] ?? desk.policy;
      return;
    case "wait":
      desk.tickAfter(next.ms);
  }
}

function conditionOf({ host, what }: { readonly host: number; readonly what: string }) {
  if (what === "service") return { reason: "check-failing", subject: serviceOn(host) as Subject } as const;
  const own = HOSTS[host] ?? HOSTS[0];
  if (what === "host" && own !== undefined)
    return { reason: "host-silent", subject: own as Subject } as const;
  return { reason: "fleet-silent", subject: { kind: "fleet", shard: null } as Subject } as const;
}

function serviceOn(host: number): ServiceSubject {
  const { hostId = "", hostName = "" } = HOSTS[host] ?? {};
  return { kind: "service", hostId, hostName, service: "demo" };
}
