// A yes by passkey: whose, over what, by what rule of the host, and how many there must be before a grant goes out.
import { describe, expect, it } from "vitest";
import { type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { standInSignature } from "../../../../../control-plane/replay/world/stand-in.ts";
import type { ActSignature, Approve } from "../../../../../control-plane/src/core/desk/acts/approve.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Desk, POLICY, proposalText, SERVICE, UNIT_STATE } from "../desk-fixtures.ts";

const TWO: LevelRule = { ...ONE_PERSON, people: 2 };
const THREE = { ...POLICY, responders: [...POLICY.responders, { ...POLICY.responders[0]!, id: "carol" }] };
const MINUTE_MS = 60_000;

/** A host that demands this asks about its service. */
function asked(requires: LevelRule = ONE_PERSON, proposal: Partial<Proposal> = {}) {
  const desk = new Desk(THREE);
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose({ proposal: proposalText({ requires, ...proposal }) });
  return desk;
}

function approve(desk: Desk, by: string, changes: Partial<ActSignature> & Pick<Approve, "withdrawn"> = {}) {
  const { approvalId, proposalHash } = desk.approval();
  const { withdrawn = [], ...changed } = changes;
  const signature = { ...standInSignature(by, proposalHash), ...changed };
  const { answer } = desk.act(by, { kind: "approve", approvalId, proposalHash, signature, withdrawn });
  return answer.ok ? "ok" : answer.error.reason;
}

const granted = ({ effects }: Desk) => effects.filter(({ kind }) => kind === "deliver-grant").length;

describe("one person", () => {
  it("must sign: a signed-in device alone is not enough", () => {
    const desk = asked();
    const { approvalId, proposalHash } = desk.approval();
    expect(desk.act("alice", { kind: "approve", approvalId, proposalHash }).answer).toEqual({
      ok: false,
      error: { reason: "passkey-needed" },
    });
    expect([granted(desk), approve(desk, "alice"), granted(desk)]).toEqual([0, "ok", 1]);
    expect(desk.approval()).toMatchObject({
      state: "approved",
      decidedBy: byPerson("alice"),
      signatures: [{ by: byPerson("alice"), at: desk.now, credentialId: "stand-in-alice" }],
    });
  });

  it.each<[string, Partial<ActSignature>, LevelRule, string]>([
    ["over another proposal", { proposalHash: "0".repeat(64) }, ONE_PERSON, "proposal-changed"],
    ["by another's passkey", { person: "bob" }, ONE_PERSON, "passkey-not-yours"],
    [
      "by a passkey that its maker copies, where it must not",
      { isSynced: true },
      { ...ONE_PERSON, credentials: "device-bound" },
      "credential-synced",
    ],
  ])("signs nothing %s", (_what, changes, requires, reason) => {
    const desk = asked(requires);
    expect([approve(desk, "alice", changes), granted(desk)]).toEqual([reason, 0]);
    expect(desk.approval().signatures).toBeUndefined();
  });

  it("whose signature the shell has refused is told why, and it is put on record", () => {
    const desk = asked();
    const { approvalId, proposalHash } = desk.approval();
    const refused = { reason: "passkey-wrong", why: "user-not-verified: nobody was there" } as const;
    desk.act("alice", { kind: "approve", approvalId, proposalHash, refused });
    expect(desk.last?.answer).toEqual({ ok: false, error: { reason: "passkey-wrong" } });
    const [row] = desk.effects.flatMap((effect) =>
      effect.kind === "audit" && effect.entry.act === "approval-refused" ? [effect.entry] : [],
    );
    expect(row?.why).toBe("passkey-wrong: user-not-verified: nobody was there");
  });
});

it("who asked may not sign where the host says so, and may elsewhere", () => {
  const askedBy = { kind: "person", person: "alice" } as const;
  const strict = asked({ ...ONE_PERSON, mayAskerSign: false });
  const mayAsk = asked(ONE_PERSON);
  for (const desk of [strict, mayAsk]) {
    const { incidentId } = desk.incident();
    desk.act("alice", {
      kind: "ask-for",
      hostId: SERVICE.hostId,
      hostName: "web-1",
      service: "demo",
      action: "reload",
      why: "it leaks",
    });
    desk.propose({
      requestId: "prq_7",
      asked: { action: "reload", level: 4, reason: "it leaks" },
      askedBy: { kind: "person", responder: "alice", why: "it leaks", incidentId },
      proposal: proposalText({
        action: "reload",
        requires: desk === strict ? { ...ONE_PERSON, mayAskerSign: false } : ONE_PERSON,
        askedBy,
        reason: "it leaks",
        nonce: "m".repeat(22),
      }),
    });
  }
  expect(strict.approval().proposal.askedBy).toEqual(askedBy);
  expect([approve(strict, "alice"), approve(strict, "bob")]).toEqual(["asker-cannot-sign", "ok"]);
  expect(approve(mayAsk, "alice")).toBe("ok");
});

describe("two people", () => {
  it("sign one after the other: the first is not enough, and the record says who is missing", () => {
    const desk = asked(TWO);
    expect([approve(desk, "alice"), granted(desk)]).toEqual(["ok", 0]);
    expect(desk.approval()).toMatchObject({ state: "requested", decidedBy: null });
    expect(desk.audited()).toContain("approval-signed");
    expect(desk.incident().timeline.at(-1)?.text).toContain(`1 of 2: 1 more person must sign`);
    expect([approve(desk, "alice"), granted(desk)]).toEqual(["signed-already", 0]);
    expect([approve(desk, "bob"), granted(desk)]).toEqual(["ok", 1]);
    expect(desk.approval().signatures?.map(({ by }) => by.responder)).toEqual(["alice", "bob"]);
    expect(desk.incident().timeline.at(-1)?.text).toContain("Approved by alice and bob");
  });

  it("are counted without the passkeys that are no approver's any more", () => {
    const desk = asked(TWO);
    approve(desk, "alice");
    expect([approve(desk, "bob", { withdrawn: ["stand-in-alice"] }), granted(desk)]).toEqual(["ok", 0]);
    expect(desk.approval().signatures?.map(({ by }) => by.responder)).toEqual(["bob"]);
    expect([approve(desk, "carol"), granted(desk)]).toEqual(["ok", 1]);
  });

  it("are both reached: the incident rings on, and not for who has signed", () => {
    const rungAfter = (by: string | null, notify: readonly string[]) => {
      const desk = asked(TWO);
      desk.policy = {
        ...THREE,
        escalation: { ...POLICY.escalation, steps: [{ notify: [...notify], afterMs: 0 }] },
      };
      desk.settle();
      desk.deliverPages();
      if (by !== null) approve(desk, by);
      const before = desk.sent().length;
      desk.liveFor(18 * MINUTE_MS);
      return new Set(
        desk
          .sent()
          .slice(before)
          .map((key) => key.split(":").at(-1)),
      );
    };
    expect(rungAfter(null, ["alice", "bob"])).toEqual(new Set(["alice", "bob"]));
    expect(rungAfter("alice", ["alice", "bob"])).toEqual(new Set(["bob"]));
    // A ring to nobody would be silence.
    expect(rungAfter("alice", ["alice"])).toEqual(new Set(["alice"]));
  });
});

describe("a proposal that somebody has signed", () => {
  const again = (desk: Desk, requestId: string, proposal: Partial<Proposal> = {}) =>
    desk.propose({
      requestId,
      proposal: proposalText({ requires: TWO, nonce: "m".repeat(22), ...proposal }),
    });

  it("is not renewed while it reads the same and has time left", () => {
    const desk = asked(TWO);
    approve(desk, "alice");
    const { approvalId } = desk.approval();
    desk.tickAfter(MINUTE_MS);
    again(desk, "prq_2");
    expect(desk.approvalId()).toBe(approvalId);
    desk.now = desk.approval().expiresAt - 15_000;
    again(desk, "prq_3");
    expect(desk.approvalId()).not.toBe(approvalId);
  });

  it("is void with its signatures when the unit is another one, and the timeline says so", () => {
    const desk = asked(TWO);
    approve(desk, "alice");
    again(desk, "prq_2", { unitState: { ...UNIT_STATE, result: "oom-kill" } });
    expect(desk.approval().signatures).toBeUndefined();
    const texts = desk.incident().timeline.map(({ text }) => text);
    expect(texts.some((text) => text.includes("The signature of alice is void with it."))).toBe(true);
    expect([approve(desk, "bob"), granted(desk)]).toEqual(["ok", 0]);
  });
});
