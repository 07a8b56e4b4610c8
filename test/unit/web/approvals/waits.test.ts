// What each wait cost: only between instants that lie in their order, for they come from three clocks.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../../control-plane/src/core/desk/records/finding.ts";
import { costWords, downMsOf, waitsOf } from "../../../../control-plane/src/web/approvals/waits.ts";
import { anApproval, NOW } from "./an-approval.ts";

const finding = { happenedAt: NOW } as Finding;
const VERIFIED: Partial<Approval> = {
  state: "verified",
  deliveredAt: NOW + 4_000,
  seenAt: NOW + 21_000,
  decidedAt: NOW + 43_000,
  ranAt: NOW + 44_000,
  wellAt: NOW + 47_000,
};

describe("the waits", () => {
  it("are told each by what it waited for", () => {
    const approval = anApproval(VERIFIED);
    const waits = waitsOf({ approval, finding });
    expect(waits.map(({ name }) => name)).toEqual(["broke", "paged", "seen", "approved", "ran", "well"]);
    expect(costWords(waits)).toBe(
      "4 s to page, 17 s until it was seen, 22 s until the yes, 1 s until it had run, 3 s to come back",
    );
    expect(downMsOf({ approval, finding })).toBe(47_000);
  });

  it("leave out an instant of a clock that went wrong", () => {
    const approval = anApproval({ ...VERIFIED, ranAt: NOW - 60_000 });
    const names = waitsOf({ approval, finding }).map(({ name }) => name);
    expect(names).toEqual(["broke", "paged", "seen", "approved", "well"]);
  });

  it.each<[string, Finding | null, Partial<Approval>]>([
    ["its finding cannot be read", null, {}],
    ["it was well before it broke", finding, { wellAt: NOW - 1 }],
  ])("do not say how long it was down where %s", (_why, known, given) => {
    expect(downMsOf({ approval: anApproval({ ...VERIFIED, ...given }), finding: known })).toBeNull();
  });

  it("do not say it either where nobody kept when it was well", () => {
    const { wellAt: _never, ...kept } = VERIFIED;
    expect(downMsOf({ approval: anApproval(kept), finding })).toBeNull();
  });

  it("of what failed end where nothing has come yet", () => {
    const { wellAt: _never, ...ran } = VERIFIED;
    const failed = anApproval({ ...ran, state: "failed", end: { reason: "ineffective" } });
    expect(waitsOf({ approval: failed, finding }).at(-1)).toEqual({ name: "well", at: null });
  });
});
