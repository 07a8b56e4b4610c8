// What came of what a person asked a host for: a no is told in bad news' colour and in plain words, and no answer is no no.
import { describe, expect, it } from "vitest";
import type { Ask, AskAnswer } from "../../../../control-plane/src/core/desk/records/ask.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { askStatusOf, isAwaited } from "../../../../control-plane/src/web/asks/ask-words.ts";
import { SERVICE } from "../../core/desk/desk-fixtures.ts";

const NOW = Date.UTC(2026, 10, 28, 2, 12, 2);
const AWAITED_MS = 60_000;

function anAsk(answer: AskAnswer | null, askedAt = NOW): Ask {
  const asked = { requestId: "prq_1", incidentId: "inc_1", subject: SERVICE, action: "restart", why: "x" };
  return { ...asked, by: byPerson("alice"), askedAt, answer };
}

describe("a question to a host", () => {
  it.each([
    [AWAITED_MS - 1, true, "Asked"],
    [AWAITED_MS, false, "No answer"],
  ])("%i ms old and unanswered: awaited %s, %s", (ageMs, awaited, label) => {
    const ask = anAsk(null, NOW - ageMs);
    expect(isAwaited(ask, NOW)).toBe(awaited);
    expect(askStatusOf(ask, NOW)).toMatchObject({ label });
    expect(askStatusOf(ask, NOW).kind).not.toBe("failed");
  });

  it.each<[AskAnswer, string, string]>([
    [{ kind: "proposed", approvalId: "apr_1" }, "asks", "Nothing runs before somebody says yes."],
    [{ kind: "dropped", why: "frozen" }, "failed", "Automation was frozen before the host answered."],
    [
      { kind: "refused", refusal: { reason: "host-refused", code: "budget-exhausted", detail: "6 of 6" } },
      "failed",
      "web-1 says no: all the restarts that it allows within its time are used (budget-exhausted: 6 of 6).",
    ],
    [
      { kind: "refused", refusal: { reason: "action-unknown", action: "heal" } },
      "failed",
      "It cannot run: the host's catalogue names no action heal.",
    ],
  ])("%j", (answer, kind, words) => {
    const status = askStatusOf(anAsk(answer), NOW);
    expect(status.kind).toBe(kind);
    expect(status.sentence).toContain(words);
  });
});
