// Where a test page stands: that its person says that it came is proof only with a channel's report.
import { expect, it } from "vitest";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { standingOf } from "../../../../control-plane/src/web/people/test-page-view.tsx";

const SENT = {
  testId: "tst_1",
  responder: "alice",
  channel: null,
  by: byPerson("omar"),
  askedAt: 0,
  deliveredAt: null,
  deliveredBy: null,
  error: null,
  isGivenUp: false,
  receipt: null,
};
const RECEIPT = { at: 2_000, way: "tap" } as const;
const DELIVERED = { deliveredAt: 1_000, deliveredBy: "push" };

it.each([
  [{}, "sending"],
  [DELIVERED, "delivered"],
  [{ isGivenUp: true }, "lost"],
  [{ isGivenUp: true, ...DELIVERED }, "delivered"],
  [{ receipt: RECEIPT }, "claimed"],
  [{ receipt: RECEIPT, isGivenUp: true }, "claimed"],
  [{ receipt: RECEIPT, ...DELIVERED }, "received"],
])("%j is %s", (change, standing) => {
  expect(standingOf({ ...SENT, ...change })).toBe(standing);
});
