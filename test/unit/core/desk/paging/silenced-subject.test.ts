// A silence of one thing that is on no host: it holds that one's pages, and no other's.
import { expect, it } from "vitest";
import type { SilenceMatcher } from "../../../../../control-plane/src/core/desk/records/silence.ts";
import type { Subject } from "../../../../../control-plane/src/core/words/subject.ts";
import { Desk } from "../desk-fixtures.ts";

const MODELS: Subject = { kind: "provider", shard: "shard-0", name: "models.example" };
const MAIL: Subject = { kind: "provider", shard: "shard-0", name: "mail.example" };
const BOT: Subject = { kind: "identity", shard: "shard-0", name: "models.example" };

function silenced(subject: Subject, matched: Partial<SilenceMatcher>) {
  const desk = new Desk();
  const matcher = { hostId: null, service: null, reason: null, ...matched };
  const endsAt = desk.now + 600_000;
  const { answer } = desk.act("alice", {
    kind: "silence",
    matcher,
    why: "they know",
    startsAt: desk.now,
    endsAt,
  });
  desk.fire({ subject, reason: "provider-failing" });
  desk.settle();
  return { answer, pagedCount: desk.state.pages.size };
}

it.each([
  ["the provider itself", MODELS, { subject: MODELS }, 0],
  ["it for this reason", MODELS, { subject: MODELS, reason: "provider-failing" as const }, 0],
  ["it for another reason", MODELS, { subject: MODELS, reason: "check-failing" as const }, 1],
  ["another provider", MAIL, { subject: MODELS }, 1],
  ["an identity of the same name", BOT, { subject: MODELS }, 1],
  ["the same of another shard", { ...MODELS, shard: "shard-1" }, { subject: MODELS }, 1],
])("a silence covers %s, or not", (_what, subject, matched, pagedCount) => {
  expect(silenced(subject, matched)).toEqual({ answer: { ok: true, value: null }, pagedCount });
});

it("says in the audit what it covers", () => {
  const desk = new Desk();
  const matcher = { hostId: null, service: null, reason: null, subject: MODELS };
  desk.act("alice", { kind: "silence", matcher, why: "x", startsAt: desk.now, endsAt: desk.now + 60_000 });
  const entry = desk.effects.flatMap((effect) => (effect.kind === "audit" ? [effect.entry] : [])).at(-1);
  expect(entry?.why).toContain("subject=provider/shard-0/models.example");
});
