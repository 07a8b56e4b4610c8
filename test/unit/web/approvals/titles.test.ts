// Titles: the question while it waits, then the state of the thing; what is "now" only where a shard has just said it.
import { describe, expect, it } from "vitest";
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { type HealthNow, healthNow } from "../../../../control-plane/src/web/approvals/shown-approval.ts";
import { titleOf } from "../../../../control-plane/src/web/approvals/titles.ts";
import { anApproval, failedBy, NOW, READERS } from "./an-approval.ts";

const NOT_KNOWN = healthNow({ kind: "silent" }, "demo");

function titleWith(approval: Approval, isWell: boolean | null = null, isOpen = false): string {
  const health: HealthNow = { ...NOT_KNOWN, isWell };
  const { after, before } = titleOf(approval, isOpen, { health, readers: READERS });
  return `${before}web-1${after}`;
}

describe("a title", () => {
  it.each<[string, Partial<Approval>, boolean | null]>([
    ["Restarting demo on web-1", { state: "approved" }, false],
    [
      "The restart of demo on web-1 is called back",
      { state: "approved", recalledBy: byPerson("omar") },
      false,
    ],
    ["demo was restarted on web-1", { state: "executing" }, null],
    ["demo on web-1 is well so far", { state: "executing" }, true],
    ["demo on web-1 is well again", { state: "verified" }, true],
    ["demo on web-1 came back", { state: "verified" }, null],
    ["demo on web-1 came back, and fails again", { state: "verified" }, false],
    ["demo on web-1 is still down", { state: "failed", end: { reason: "ineffective" } }, false],
    ["The restart of demo on web-1 did not help", { state: "failed", end: { reason: "ineffective" } }, null],
    [
      "The restart of demo on web-1 did not run",
      { state: "failed", end: { reason: "grant-undelivered" } },
      true,
    ],
    ["The restart of demo on web-1 may have run", { state: "failed", end: { reason: "no-outcome" } }, null],
    ["Omar denied restarting demo on web-1", { state: "denied", decidedBy: byPerson("omar") }, false],
    ["You denied restarting demo on web-1", { state: "denied", decidedBy: byPerson("alice") }, false],
    ["demo on web-1 is still down", { state: "seen", expiresAt: NOW }, false],
    ["Nobody answered whether to restart demo on web-1", { state: "expired" }, null],
    ["demo on web-1 is well again", { state: "expired" }, true],
    ["Restarting demo on web-1 is no longer asked", { state: "superseded" }, null],
    [
      "Nothing to answer: demo on web-1 is well again",
      { state: "superseded", end: { reason: "recovered" } },
      true,
    ],
    [
      "Nothing to answer: demo on web-1 recovered",
      { state: "superseded", end: { reason: "recovered" } },
      null,
    ],
    [
      "Restarting demo on web-1 is no longer asked",
      { state: "superseded", end: { reason: "recovered" } },
      false,
    ],
  ])("%s", (words, given, isWell) => expect(titleWith(anApproval(given), isWell)).toBe(words));

  it("is the question while it waits", () => {
    expect(titleWith(anApproval(), null, true)).toBe("Restart demo on web-1?");
  });

  it("of a refusal says that the host refused", () => {
    expect(titleWith(failedBy({ status: "refused", refusal: "expired" }))).toBe(
      "The restart of demo on web-1 was refused",
    );
  });
});

describe("what is known of a service now", () => {
  const host = { liveness: "up", unheard: null, services: NONE_NAMED } as never;
  it.each([
    ["its shard does not answer", { kind: "silent" }],
    ["its host was retired", { kind: "gone" }],
    ["its shard does not know it yet", { kind: "new" }],
    ["nothing of it is remembered", { kind: "known", host }],
  ] as const)("is nothing where %s", (_why, answer) => {
    expect(healthNow(answer, "demo").isWell).toBeNull();
    expect(healthNow(answer, "constructor").service).toBeNull();
  });

  it.each([
    ["up", NOW, true],
    ["up", null, false],
    ["late", NOW, null],
    ["down", null, null],
    ["unknown", NOW, null],
  ] as const)("of a host that is %s, well since %s: %s", (liveness, healthySinceAt, isWell) => {
    const services = { demo: { service: "demo", reportedAt: NOW, healthySinceAt } };
    const known = { kind: "known", host: { liveness, unheard: null, services } } as never;
    expect(healthNow(known, "demo").isWell).toBe(isWell);
  });
});
