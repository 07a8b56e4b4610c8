// A proposal as its shard told it, compared with what was asked once more at the desk: the act, who asked for it and why.
import { expect, it } from "vitest";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { readProposal } from "../../../../../control-plane/src/core/desk/approvals/read-proposal.ts";
import type { Signal } from "../../../../../control-plane/src/core/words/signal.ts";
import { PROPOSAL, proposalText, SERVICE, START_AT } from "../desk-fixtures.ts";

type Proposed = Extract<Signal, { kind: "proposed" }>;

function told(proposal: Partial<Proposal>, changes: Partial<Proposed> = {}): Proposed {
  return {
    kind: "proposed",
    key: "shard-0:1",
    happenedAt: START_AT,
    noticedAt: START_AT,
    subject: SERVICE,
    requestId: "prq_1",
    asked: { action: "restart", level: 4, reason: PROPOSAL.reason },
    proposal: proposalText(proposal),
    reason: "check-failing",
    askedBy: { kind: "rule", reason: "check-failing" },
    settleMs: 0,
    ...changes,
  };
}

const answerTo = (...args: Parameters<typeof told>) => {
  const read = readProposal(told(...args));
  return read.ok ? "ok" : read.error.reason;
};

const BY_ALICE = { kind: "person", responder: "alice", why: "it leaks", incidentId: "inc_1" } as const;
const OF_ALICE = { askedBy: { kind: "person", person: "alice" }, reason: "it leaks" } as const;

it("is taken when all of it is what was asked", () => {
  expect(answerTo({})).toBe("ok");
  const asked = { action: "restart", level: 4, reason: "it leaks" };
  expect(answerTo(OF_ALICE, { askedBy: BY_ALICE, asked })).toBe("ok");
});

it.each<[string, Partial<Proposal>, Partial<Proposed>]>([
  ["another action", { action: "reload" }, {}],
  ["another level", { level: 2 }, {}],
  ["another service", { service: "other" }, {}],
  ["another host", { hostId: `host_${"b".repeat(32)}` }, {}],
  ["another asker", OF_ALICE, { asked: { action: "restart", level: 4, reason: "it leaks" } }],
  ["another rule", { askedBy: { kind: "rule", rule: "no-progress" } }, {}],
  ["another reason", { reason: "all is well" }, {}],
  [
    "a reason that the shard gave a person, and the person did not",
    { ...OF_ALICE, reason: "alice said so" },
    { askedBy: BY_ALICE, asked: { action: "restart", level: 4, reason: "alice said so" } },
  ],
  ["no word of a reason, from a shard of before", {}, { asked: { action: "restart", level: 4 } }],
])("with %s is answered otherwise", (_what, proposal, changes) => {
  expect(answerTo(proposal, changes)).toBe("answered-otherwise");
});

it("of version 1 is not read", () => {
  expect(answerTo({ version: 1 as never })).toBe("unreadable");
});
