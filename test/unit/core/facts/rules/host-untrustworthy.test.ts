// `host-untrustworthy`: what was asked and what was answered, bounded; ended by people, and in shadow by time.
import { describe, expect, it } from "vitest";
import {
  ANSWERS_KEPT_MAX,
  hostUntrustworthy,
  SHADOW_QUIET_MS,
} from "../../../../../control-plane/src/core/facts/rules/host-untrustworthy.ts";
import type { AnsweredOtherwise } from "../../../../../control-plane/src/core/facts/shard-fact.ts";
import { policyWith, START_AT, WEB_1 } from "../../shard/shard-driver.ts";

const subject = { kind: "host", hostId: WEB_1, hostName: "web-1" } as const;
const sceneAt = (offsetMs: number, shadow = false) => ({
  now: START_AT + offsetMs,
  policy: policyWith({ rules: { "host-untrustworthy": { shadow } } }),
  subject,
});
const answer = (offsetMs: number): AnsweredOtherwise => ({
  kind: "answered-otherwise",
  service: null,
  at: START_AT + offsetMs,
  asked: "retry of web",
  answered: `failover of web ${offsetMs}`,
});
const { absorb, initial, judge, prune } = hostUntrustworthy;
const absorbed = (...offsets: readonly number[]) =>
  offsets.reduce((slice, offset) => absorb(slice, answer(offset) as never, sceneAt(offset)), initial);

describe("host-untrustworthy", () => {
  it("fires at the first answer, freezes, and says what was asked and answered", () => {
    const { finding, nextAt } = judge(absorbed(0), sceneAt(0));
    expect(finding).toMatchObject({ severity: "critical", freezes: true, happenedAt: START_AT });
    for (const words of ["retry of web", "failover of web 0"])
      expect(finding?.evidence[0]?.text).toContain(words);
    expect(nextAt).toBeNull();
  });

  it("keeps the newest answers and no more", () => {
    const slice = absorbed(...Array.from({ length: ANSWERS_KEPT_MAX + 5 }, (_, index) => index));
    expect(slice).toHaveLength(ANSWERS_KEPT_MAX);
    expect(judge(slice, sceneAt(99)).finding?.evidence.at(-1)?.text).toContain(`web ${ANSWERS_KEPT_MAX + 4}`);
  });

  it("takes in nothing else, and knows nothing at first", () => {
    const log = { kind: "log", service: null, at: START_AT, text: "answered otherwise" } as const;
    expect(absorb(initial, log, sceneAt(0))).toBe(initial);
    expect(judge(initial, sceneAt(0)).finding).toBeNull();
  });

  it.each([
    { offsetMs: SHADOW_QUIET_MS - 1, shadow: true, isOver: false },
    { offsetMs: SHADOW_QUIET_MS, shadow: true, isOver: true },
    { offsetMs: 400 * 86_400_000, shadow: false, isOver: false },
  ])("after $offsetMs ms, in shadow $shadow: over $isOver", ({ offsetMs, shadow, isOver }) => {
    expect(prune?.(absorbed(0), sceneAt(offsetMs, shadow)) === initial).toBe(isOver);
  });
});
