// A freeze and the grants that were given before it: in the shard by the grant's way, at the desk by the approval's state and instant.
import { describe, expect, it } from "vitest";
import { namesOf } from "@countersign/shared/values/named";
import { NO_RECORDS, recordsFrom } from "@countersign/shared/values/records";
import { OUTCOME_GRACE_MS } from "../../../../../control-plane/src/core/desk/approvals/approval-outcomes.ts";
import { byPerson, byRule } from "../../../../../control-plane/src/core/words/actor.ts";
import { FLEET, type Scope } from "../../../../../control-plane/src/core/words/subject.ts";
import { recalledIsNeverRun } from "../../../../simulation/invariants/granted-acts.ts";
import {
  type DrivenShard,
  driveUpHost,
  grantWith,
  outcomeWith,
  START_AT,
  WEB_1,
  WEB_2,
} from "../../shard/shard-driver.ts";
import { Desk, HOST, SERVICE } from "../desk-fixtures.ts";

const { envelope: _signed, ...GRANT } = grantWith();

function shardWithout(connection: "socket" | "nothing"): DrivenShard {
  const shard = driveUpHost();
  if (connection === "socket") shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
  return shard;
}

function pull(shard: DrivenShard, grants = [GRANT]): void {
  shard.send({ kind: "freeze-pulled", by: byPerson("bob"), grants });
}

describe("a grant in the shard when automation is frozen", () => {
  it("that was never sent is recalled, said once, and forgotten when it would have expired", () => {
    const shard = shardWithout("socket");
    shard.send({ kind: "grant-issued", grant: grantWith() });
    pull(shard);
    pull(shard);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.sent("grant")).toEqual([]);
    expect(shard.signals("grant-recalled")).toMatchObject([
      { grantId: "grt_1", by: byPerson("bob"), subject: { hostId: WEB_1, service: GRANT.service } },
    ]);
    shard.advance(119_999);
    expect(namesOf(shard.state().grants)).toEqual(["grt_1"]);
    shard.advance(1);
    expect(shard.state().grants).toEqual({});
    expect(shard.notes().filter((text) => text.includes("grt_1"))).toEqual([]);
  });

  it("that comes after the word is not taken", () => {
    const shard = shardWithout("nothing");
    pull(shard);
    shard.send({ kind: "grant-issued", grant: grantWith() });
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.sent("grant")).toEqual([]);
    expect(shard.signals("grant-recalled")).toHaveLength(1);
  });

  it.each(["at once", "at a hello"])(
    "that was sent %s is not sent again, and nobody says that it did not run",
    (when) => {
      const shard = shardWithout(when === "at once" ? "nothing" : "socket");
      shard.send({ kind: "grant-issued", grant: grantWith() });
      if (when === "at a hello") shard.connect(WEB_1, { connectionId: "con_2" });
      pull(shard);
      shard.connect(WEB_1, { connectionId: "con_3" });
      expect(shard.sent("grant")).toHaveLength(1);
      expect(shard.signals("grant-recalled")).toEqual([]);
      expect(shard.notes().at(-1)).toBe(
        "grant grt_1 was sent to the host before bob froze automation: it cannot be recalled, and is not sent again",
      );
    },
  );

  it.each([
    { what: "is of another host", changes: { hostId: WEB_2 } },
    { what: "is void", changes: { expiresAt: START_AT } },
  ])("that $what is nothing to recall", ({ changes }) => {
    const shard = shardWithout("nothing");
    pull(shard, [{ ...GRANT, ...changes }]);
    expect(shard.signals("grant-recalled")).toEqual([]);
    expect(shard.state().grants).toEqual({});
  });

  it("that ran is nothing to recall", () => {
    const shard = shardWithout("nothing");
    shard.send({ kind: "grant-issued", grant: grantWith() });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    pull(shard);
    expect(shard.signals("grant-recalled")).toEqual([]);
    expect(shard.state().grants).toEqual({});
  });

  it("does not hold back the grant that is given after the freeze was lifted", () => {
    const shard = shardWithout("nothing");
    pull(shard);
    shard.send({ kind: "grant-issued", grant: grantWith({ grantId: "grt_2" }) });
    expect(shard.sent("grant").map(({ grantId }) => grantId)).toEqual(["grt_2"]);
  });
});

function deskWithGrant(): Desk {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  desk.approve();
  return desk;
}

function freeze(desk: Desk, scope: Scope) {
  return desk
    .act("bob", { kind: "freeze", scope, why: "looking" })
    .effects.filter(({ kind }) => kind === "freeze-pulled");
}

function recalledInTime(desk: Desk): void {
  const { grantId } = desk.approval();
  const signal = {
    ...desk.signalBase(),
    kind: "grant-recalled",
    subject: SERVICE,
    grantId: grantId!,
    by: byPerson("bob"),
  } as const;
  desk.take({ kind: "signal", signal });
}

describe("an approval when automation is frozen", () => {
  it.each([
    { scope: FLEET, isRecalled: true },
    { scope: HOST, isRecalled: true },
    { scope: SERVICE, isRecalled: true },
    { scope: { ...SERVICE, service: "other" }, isRecalled: false },
    { scope: { ...HOST, hostId: `host_${"b".repeat(32)}` }, isRecalled: false },
  ])("of a $scope.kind: recalled $isRecalled", ({ scope, isRecalled }) => {
    const desk = deskWithGrant();
    const { grantExpiresAt: expiresAt, grantId } = desk.approval();
    const grants = [{ grantId, hostId: SERVICE.hostId, service: "demo", expiresAt }];
    expect(freeze(desk, scope)).toEqual(
      isRecalled ? [{ kind: "freeze-pulled", by: byPerson("bob"), grants }] : [],
    );
    expect(desk.approval().recalledBy).toEqual(isRecalled ? byPerson("bob") : undefined);
  });

  it("is recalled by a rule's freeze too", () => {
    const desk = deskWithGrant();
    desk.fire({ reason: "self-inflicted", freezes: true });
    expect(desk.approval().recalledBy).toEqual(byRule("self-inflicted"));
  });

  it("ends when the shard says that the grant was recalled in time, and its approver is told", () => {
    const desk = deskWithGrant();
    freeze(desk, FLEET);
    expect(desk.approval().state).toBe("approved");
    recalledInTime(desk);
    expect(desk.approval()).toMatchObject({
      state: "failed",
      end: { reason: "recalled", by: byPerson("bob") },
    });
    expect(desk.state.incidents.values()[0]!.timeline.map(({ text }) => text)).toContain(
      '"restart" was not run: automation was frozen by bob before it ran.',
    );
    desk.settle();
    const told = desk.state.pages.values().filter(({ responder }) => responder === "alice");
    expect(told.flatMap(({ kind, tells }) => tells.map(({ what }) => `${kind} ${what}`))).toContain(
      "ring result",
    );
  });

  it("goes on when the host has run it: the host's word decides", () => {
    const desk = deskWithGrant();
    freeze(desk, FLEET);
    desk.end({ status: "succeeded" });
    recalledInTime(desk);
    expect(desk.approval().state).toBe("executing");
  });

  it("is not handed over again, not even when the freeze is lifted", () => {
    const desk = deskWithGrant();
    freeze(desk, HOST);
    desk.act("alice", { kind: "lift-freeze", scope: HOST, why: "done" });
    expect(desk.tickAfter(2_000).effects.map(({ kind }) => kind)).not.toContain("deliver-grant");
  });

  it("of which no shard says anything fails as unheard, for nobody knows whether it arrived", () => {
    const desk = deskWithGrant();
    freeze(desk, HOST);
    const endsAt = desk.approval().grantExpiresAt! + OUTCOME_GRACE_MS;
    desk.tickAfter(endsAt - desk.now - 1);
    expect(desk.approval().state).toBe("approved");
    desk.tickAfter(1);
    expect(desk.approval()).toMatchObject({ state: "failed", end: { reason: "no-outcome" } });
  });

  it("whose grant is void is nothing to recall", () => {
    const early = deskWithGrant();
    early.now = early.approval().grantExpiresAt! - 1;
    expect(freeze(early, FLEET)).toHaveLength(1);
    const late = deskWithGrant();
    late.now = late.approval().grantExpiresAt!;
    expect(freeze(late, FLEET)).toEqual([]);
  });
});

describe("the simulation's promise about recalled grants", () => {
  it("is broken by a shard that sends one, and by a run that people were told did not happen", () => {
    const sent = driveUpHost();
    sent.send({ kind: "grant-issued", grant: grantWith() });
    const message = sent.sent("grant")[0]!;
    const promise = recalledIsNeverRun();
    const see = (event: object, effects: readonly object[]) =>
      promise.onShard!({ event, effects } as never, {} as never);
    expect(see({ kind: "freeze-pulled", by: "bob", grants: [GRANT] }, [])).toBeNull();
    expect(see({ kind: "sweep" }, [{ kind: "send", hostId: WEB_1, message }])).toContain("was recalled");
    const approval = { grantId: "grt_1", end: { reason: "recalled", by: byPerson("bob") } };
    const step = {
      before: { approvals: NO_RECORDS },
      after: { approvals: recordsFrom([["apr_1", approval]]) },
    };
    expect(promise.onDesk!(step as never, {} as never)).toBeNull();
    expect(promise.onExecution!({ grant: GRANT } as never, {} as never)).toContain("told that it did not");
  });
});
