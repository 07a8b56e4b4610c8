// When an act of ours ran: as the host says, within what can be true.
import { expect, it } from "vitest";
import { actSpanOf } from "../../../../../control-plane/src/core/shard/host/derived-facts.ts";
import { outcomeWith, START_AT } from "../shard-driver.ts";

const GRANT_VALID_MS = 120_000;
/** the grant was given a minute before the word came */
const NOW = START_AT + 60_000;

it.each([
  { title: "right", startedAt: 10_000, finishedAt: 14_000, span: [10_000, 14_000] },
  { title: "as it was given", startedAt: 0, finishedAt: 0, span: [0, 0] },
  { title: "up to now", startedAt: 50_000, finishedAt: 60_000, span: [50_000, 60_000] },
  { title: "an hour behind", startedAt: -3_600_000, finishedAt: -3_596_000, span: [0, 0] },
  { title: "an hour ahead", startedAt: 3_600_000, finishedAt: 3_604_000, span: [56_000, 60_000] },
  { title: "set back meanwhile", startedAt: 10_000, finishedAt: 8_000, span: [10_000, 10_000] },
])("by a clock that is $title", ({ startedAt, finishedAt, span: [beganAt = 0, endedAt = 0] }) => {
  const outcome = outcomeWith({ startedAt: START_AT + startedAt, finishedAt: START_AT + finishedAt });
  const grant = { expiresAt: START_AT + GRANT_VALID_MS };
  const bounds = { now: NOW, grant, grantValidMs: GRANT_VALID_MS };
  expect(actSpanOf(outcome, bounds)).toEqual({
    beganAt: START_AT + beganAt,
    endedAt: START_AT + endedAt,
  });
});

it("without its grant nothing bounds how long ago it was, and nothing is later than now", () => {
  const outcome = outcomeWith({ startedAt: START_AT - 7_200_000, finishedAt: START_AT + 7_200_000 });
  expect(actSpanOf(outcome, { now: NOW, grant: undefined, grantValidMs: GRANT_VALID_MS })).toEqual({
    beganAt: 0 + Math.max(0, NOW - 14_400_000),
    endedAt: NOW,
  });
});
