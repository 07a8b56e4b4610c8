// `provider-failing`: how many suffer within the window, who counts, and what takes one out; each bound from both sides.
import { describe, expect, it } from "vitest";
import { FINDINGS_EACH_MAX } from "../../../../../control-plane/src/core/facts/each-finding.ts";
import { EMPTY_BOOK } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import {
  PROVIDERS_MAX,
  providerFailing,
  SUFFERERS_MAX,
} from "../../../../../control-plane/src/core/facts/rules/provider-failing.ts";
import { hostedSubject, placeNameOf } from "../../../../../control-plane/src/core/words/subject.ts";
import { driveUpHost, START_AT, WEB_1, WEB_2 } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, MINUTE_MS } from "../fact-driver.ts";

type Sufferer = readonly [hostId: string, service: string | null];

const BOB: Sufferer = [WEB_1, "bob"];
const ALICE: Sufferer = [WEB_1, "alice"];
const BOB_2: Sufferer = [WEB_2, "bob"];
const HOST_2: Sufferer = [WEB_2, null];

function drive(bounds = {}) {
  const rule = driveRule(providerFailing, bounds);
  return {
    ...rule,
    tell(atMs: number, [hostId, service]: Sufferer, isOk: boolean, provider = "anthropic") {
      rule.about(hostedSubject({ hostId, hostName: hostId === WEB_1 ? "web-1" : "web-2" }, service));
      const fact: FactBody = { kind: "provider", provider, isOk, class: isOk ? null : "auth" };
      rule.take(atMs, fact);
    },
  };
}

describe("provider-failing", () => {
  it.each([
    { name: "one service", who: [BOB], fires: false },
    { name: "one service, again and again", who: [BOB, BOB, BOB], fires: false },
    { name: "two services of a host", who: [BOB, ALICE], fires: true },
    { name: "the same service of two hosts", who: [BOB, BOB_2], fires: true },
    { name: "a service and another host itself", who: [BOB, HOST_2], fires: true },
  ])("$name: fires $fires", ({ who, fires }) => {
    const rule = drive();
    for (const [index, sufferer] of who.entries()) rule.tell(index, sufferer, false);
    expect(rule.findingAt(MINUTE_MS) !== null).toBe(fires);
  });

  it.each([
    { atMs: 10 * MINUTE_MS - 1, fires: true },
    { atMs: 10 * MINUTE_MS, fires: false },
  ])("the first failed $atMs ms ago: fires $fires", ({ atMs, fires }) => {
    const rule = drive();
    rule.tell(0, BOB, false);
    rule.tell(MINUTE_MS, ALICE, false);
    expect(rule.nextAt(MINUTE_MS)).toBe(10 * MINUTE_MS);
    expect(rule.findingAt(atMs) !== null).toBe(fires);
  });

  it("is about the provider, and names whose restarts would be pointless", () => {
    const rule = drive();
    rule.tell(0, BOB, false);
    rule.tell(1, BOB_2, false);
    rule.tell(1, ALICE, false, "openai");
    expect(rule.findingAt(2)).toMatchObject({
      severity: "critical",
      title: "One provider fails for several services: anthropic",
      happenedAt: START_AT,
      isRestartPointless: true,
      failureClass: "provider",
      affects: [
        { hostId: WEB_1, service: "bob" },
        { hostId: WEB_2, service: "bob" },
      ],
    });
    expect(rule.textsAt(2)).toEqual([
      "anthropic failed for 2 within 10m: bob on web-1 (auth) and bob on web-2 (auth)",
    ]);
  });

  it("an answer that is well takes its service out; all well is no memory", () => {
    const rule = drive();
    rule.tell(0, BOB, false);
    rule.tell(0, ALICE, false);
    rule.tell(1, ALICE, true);
    expect(rule.findingAt(2)).toBeNull();
    rule.tell(2, BOB, true);
    expect(rule.isForgottenAt(2)).toBe(true);
    rule.tell(3, BOB_2, true);
    expect(rule.isForgottenAt(3)).toBe(true);
  });

  it("forgets when the window has passed", () => {
    const rule = drive();
    rule.tell(0, BOB, false);
    expect(rule.isForgottenAt(10 * MINUTE_MS - 1)).toBe(false);
    expect(rule.isForgottenAt(10 * MINUTE_MS)).toBe(true);
  });

  it("goes by the policy's number", () => {
    const rule = drive({ servicesMin: 3 });
    rule.tell(0, BOB, false);
    rule.tell(0, ALICE, false);
    expect(rule.findingAt(1)).toBeNull();
    rule.tell(1, BOB_2, false);
    expect(rule.findingAt(1)).not.toBeNull();
  });

  it(`remembers at most ${PROVIDERS_MAX} providers and ${SUFFERERS_MAX} sufferers of each, and asks for no more`, () => {
    const rule = drive({ servicesMin: 10_000 });
    for (let index = 1; index < SUFFERERS_MAX; index += 1) rule.tell(index, [WEB_1, `s-${index}`], false);
    expect(rule.findingAt(SUFFERERS_MAX)).toBeNull();
    for (let index = 0; index < 10; index += 1) rule.tell(SUFFERERS_MAX, [WEB_2, `s-${index}`], false);
    expect(rule.findingAt(SUFFERERS_MAX)).not.toBeNull();
    expect(rule.slice()[0]?.failing).toHaveLength(SUFFERERS_MAX);
    for (let index = 0; index < 50; index += 1) rule.tell(300, BOB, false, `p-${index}`);
    expect(rule.slice()).toHaveLength(PROVIDERS_MAX);
  });
});

describe("several providers at once", () => {
  it.each([
    { count: FINDINGS_EACH_MAX, findings: FINDINGS_EACH_MAX, shared: 0 },
    { count: FINDINGS_EACH_MAX + 2, findings: FINDINGS_EACH_MAX + 1, shared: 1 },
  ])("$count of them make $findings findings, $shared of them shared", ({ count, findings, shared }) => {
    const rule = drive();
    for (let index = 0; index < count; index += 1)
      for (const sufferer of [BOB, ALICE]) rule.tell(index, sufferer, false, `p-${index}`);
    const found = rule.findingsAt(MINUTE_MS);
    expect(found).toHaveLength(findings);
    expect(found.filter(({ about }) => about === undefined)).toHaveLength(shared);
    expect(new Set(found.map(({ about }) => about)).size).toBe(findings);
  });

  it("have an incident each, which ends by itself", () => {
    const shard = driveUpHost();
    const tell = (provider: string, isOk: boolean) => {
      const fact = { kind: "provider", at: shard.now(), provider, isOk, class: null } as const;
      const facts = ["bob", "alice"].map((service) => ({ ...fact, service }));
      shard.send({ kind: "facts", hostId: WEB_1, facts });
    };
    tell("anthropic", false);
    tell("openai", false);
    expect(
      shard.signals("firing").map(({ subject, title }) => [subject, placeNameOf(subject), title]),
    ).toEqual([
      [
        { kind: "provider", shard: "shard-0", name: "anthropic" },
        "provider anthropic",
        "One provider fails for several services: anthropic",
      ],
      [
        { kind: "provider", shard: "shard-0", name: "openai" },
        "provider openai",
        "One provider fails for several services: openai",
      ],
    ]);
    tell("anthropic", true);
    expect(shard.signals("cleared").map(({ subject }) => placeNameOf(subject))).toEqual([
      "provider anthropic",
    ]);
    shard.advance(10 * MINUTE_MS);
    expect(shard.signals("cleared").map(({ subject }) => placeNameOf(subject))).toEqual([
      "provider anthropic",
      "provider openai",
    ]);
    expect(shard.state().book).toBe(EMPTY_BOOK);
  });
});

it("holds back restarts of those who suffer, and only when several do", () => {
  for (const { other, proposals } of [
    { other: "api", proposals: 0 },
    { other: "web", proposals: 1 },
  ]) {
    const shard = driveUpHost();
    const fact = {
      kind: "provider",
      at: shard.now(),
      provider: "anthropic",
      isOk: false,
      class: "provider",
    } as const;
    const facts = [
      { ...fact, service: other },
      { ...fact, service: "web" },
    ];
    shard.send({ kind: "facts", hostId: WEB_1, facts });
    const firing = shard.signals("firing").filter(({ reason }) => reason === "provider-failing");
    expect(firing).toHaveLength(proposals === 0 ? 1 : 0);
    for (let count = 0; count < 3; count += 1) {
      shard.report({ status: "fail" });
      shard.advance(10_000);
    }
    expect(shard.sent("propose")).toHaveLength(proposals);
  }
});
