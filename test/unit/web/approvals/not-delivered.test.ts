// A yes on its way to its host: how long it is only on its way, from when on it is said that it was not delivered, and what is said of a host that is
// away. What a reader would get wrong: that its shard holds the grant is no delivery while the host itself is not there.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { HealthNow } from "../../../../control-plane/src/web/approvals/shown-approval.ts";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { approvalOf, healthOf, outcomeOf, state, yesOf } from "../../../gallery/records/approval-night.tsx";
import { NOW, SECOND_MS } from "../../../gallery/shown-state.ts";

/** From here on it is late. */
const LATE_MS = 3 * SECOND_MS;
const WAYS = ["Not delivered yet", "On its way to web-1", "Handed over to web-1"];
const HELD = { isGrantDelivered: true, handedOverAt: NOW - SECOND_MS };

async function saidOf(
  agoMs: number,
  given: { readonly approval?: Partial<Approval>; readonly health?: Partial<HealthNow> } = {},
) {
  const approval = approvalOf({ ...yesOf(agoMs), ...given.approval });
  const { view } = state("running", { approval, health: healthOf({ heardAt: NOW - 500, ...given.health }) });
  const [, steps = ""] = /<ol class="steps card"[^>]*>(.*?)<\/ol>/s.exec(await markupOf(view)) ?? [];
  const wordsIn = (markup: string) =>
    markup
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll(/\s+/g, " ")
      .trim();
  const [, why] = /data-says="not-delivered">(.*?)<\/p>/s.exec(steps) ?? [];
  const words = wordsIn(steps);
  return { way: WAYS.filter((each) => words.includes(each)), why: why === undefined ? null : wordsIn(why) };
}

describe("a yes that its host has not taken", () => {
  it.each([0, SECOND_MS, LATE_MS])("is on its way %i ms after it, and no more is said", async (agoMs) => {
    expect(await saidOf(agoMs)).toEqual({ way: ["On its way to web-1"], why: null });
  });

  it("is not delivered yet a moment later, though the host is there; and until when it is good", async () => {
    const { way, why } = await saidOf(LATE_MS + 1);
    expect(way).toEqual(["Not delivered yet"]);
    expect(why).toMatch(
      /^web-1 has not answered for .+\. It runs when web-1 takes it, until 03:13:\d\d; else the yes ends\.$/,
    );
  });

  it.each<[string, Partial<HealthNow>, string]>([
    ["late", { liveness: "late", heardAt: NOW - 14 * SECOND_MS }, "web-1 has not answered for 14 s."],
    ["down", { liveness: "down", heardAt: NOW - 120 * SECOND_MS }, "web-1 has not answered for 2 min."],
    ["never heard", { liveness: "down", heardAt: null }, "web-1 has not answered."],
  ])(
    "of a host that is %s: says so at once, and names it late by the same bound",
    async (_, health, said) => {
      const early = await saidOf(LATE_MS, { health });
      expect(early.way).toEqual(["On its way to web-1"]);
      expect(early.why).toContain(said);
      const late = await saidOf(LATE_MS + 1, { health });
      expect(late.way).toEqual(["Not delivered yet"]);
      expect(late.why).toContain(said);
    },
  );

  it("is not handed over where its shard holds it and the host is away", async () => {
    const away = { approval: HELD, health: { liveness: "late" } } as const;
    expect((await saidOf(LATE_MS, away)).way).toEqual(["On its way to web-1"]);
    expect((await saidOf(LATE_MS + 1, away)).way).toEqual(["Not delivered yet"]);
  });

  it("promises no run once its time is over", async () => {
    const { why } = await saidOf(2 * 60 * SECOND_MS);
    expect(why).toMatch(/^web-1 has not answered for .+\.$/);
  });
});

describe("a yes that its host has", () => {
  it.each([SECOND_MS, LATE_MS + 1])("is handed over, %i ms after it", async (agoMs) => {
    expect(await saidOf(agoMs, { approval: HELD })).toEqual({ way: ["Handed over to web-1"], why: null });
  });

  it("is handed over by the host's own word, whatever the host is since", async () => {
    const said = { outcome: outcomeOf(), state: "executing", ranAt: NOW - SECOND_MS } as const;
    expect(await saidOf(LATE_MS + 1, { approval: said, health: { liveness: "down" } })).toEqual({
      way: ["Handed over to web-1"],
      why: null,
    });
  });
});
