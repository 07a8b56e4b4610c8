// Why an approved act failed, by codes and by how it ended, and what to do next: with names and commands that can be pasted.
import { describe, expect, it } from "vitest";
import { RefusalReason } from "@countersign/shared/wire/outcome";
import type { ApprovalEnd } from "../../../../control-plane/src/core/desk/records/approval-end.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { failureOf } from "../../../../control-plane/src/web/approvals/failure-words.ts";
import { UNIT_STATE } from "../../core/desk/desk-fixtures.ts";
import { anApproval, failedBy, MINUTE_MS, NOW, READERS } from "./an-approval.ts";

const NEW_RUN = { ...UNIT_STATE, invocationId: "2".repeat(32) };

describe("a failure by the host's word", () => {
  it.each([
    ["core-dump", "demo was started, and crashed."],
    ["exit-code", "demo was started, and ended with an error."],
    ["oom-kill", "demo was started, and was killed: memory ran out."],
  ])("a new run that ended by %s is worded by its result", (result, meaning) => {
    const approval = failedBy({
      status: "failed",
      unitBefore: UNIT_STATE,
      unitAfter: { ...NEW_RUN, result },
    });
    expect(failureOf(approval, READERS)).toMatchObject({ heading: "The restart ran and failed", meaning });
  });

  it("no new run: it did not start, and the host's own words say why", () => {
    const approval = failedBy({
      status: "failed",
      unitBefore: UNIT_STATE,
      unitAfter: UNIT_STATE,
      detail: "its start limit is used up",
    });
    expect(failureOf(approval, READERS)).toMatchObject({
      heading: "The restart failed: it did not start",
      meaning: "The host says:",
    });
  });

  it("a result that a host made up is not told as if we knew it", () => {
    const unitAfter = { ...NEW_RUN, result: "constructor" };
    const { meaning } = failureOf(failedBy({ status: "failed", unitBefore: UNIT_STATE, unitAfter }), READERS);
    expect(meaning).toBe("The host says no more about it.");
  });

  it.each(RefusalReason.options)("refused for %s: nothing ran, and no signature is explained", (refusal) => {
    const { heading, meaning } = failureOf(failedBy({ status: "refused", refusal }), READERS);
    expect(heading).toBe("web-1 refused the restart");
    expect(meaning).toMatch(/Nothing ran\.$/);
    expect(meaning).not.toMatch(/signature|nonce|envelope|hash|budget/);
  });

  it.each(["lost", null] as const)("%s: nobody knows whether it ran", (status) => {
    const approval =
      status === null ? anApproval({ state: "failed", end: { reason: "no-outcome" } }) : failedBy({ status });
    const { heading, meaning } = failureOf(approval, READERS);
    expect(heading).toBe("Nobody knows whether the restart ran");
    expect(meaning).toMatch(/It is not run again by itself\.$/);
  });
});

describe("a failure without one", () => {
  it.each<[ApprovalEnd, string, string]>([
    [{ reason: "grant-undelivered" }, "The yes never reached the host", "Nothing ran."],
    [
      { reason: "recalled", by: byPerson("omar") },
      "A freeze came first",
      "Omar froze automation before it ran. Nothing ran.",
    ],
    [
      { reason: "verification-missing" },
      "The restart ran, and nobody knows whether it helped",
      "No reports came",
    ],
    [
      { reason: "host-retired", by: byPerson("alice") },
      "Nobody knows whether the restart ran",
      "You retired web-1",
    ],
  ])("%j", (end, heading, meaning) => {
    const told = failureOf(anApproval({ state: "failed", end }), READERS);
    expect(told.heading).toBe(heading);
    expect(told.meaning).toContain(meaning);
  });

  it("what did not help says how long it held", () => {
    const end = { reason: "ineffective" } as const;
    const approval = anApproval({ state: "failed", end, wellAt: NOW - 7 * MINUTE_MS, endedAt: NOW });
    expect(failureOf(approval, READERS)).toMatchObject({
      heading: "The restart ran and did not help",
      meaning: "demo came back, and failed again after 7 min.",
    });
  });
});

it("every step has real names, or none", () => {
  const { next } = failureOf(failedBy({ status: "failed" }), READERS);
  expect(next.map(({ command }) => command)).toEqual([
    "ssh web-1 sudo journalctl -u demo.service -n 30 --no-pager",
    "ssh web-1 sudo systemctl start demo.service",
  ]);
});
