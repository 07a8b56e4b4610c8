// Rule host-misconfigured: one finding a host while its doctor finds anything wrong, told by the host's own words, bounded in what it costs.
import { describe, expect, it } from "vitest";
import { EXAMINATION_CHARS_MAX, EXAMINATIONS_PER_HOUR_MAX } from "@countersign/shared/values/limits";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import { storedHostOf } from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { SAME_STORED_AFTER_MS } from "../../../../../control-plane/src/core/shard/silence/host-misconfigured.ts";
import { type DrivenShard, driveUpHost, policyWith, START_AT, WEB_1 } from "../shard-driver.ts";

const HOUR_MS = 3_600_000;

const LINGER: ExaminedFinding = {
  check: "linger: bob",
  service: null,
  status: "wrong",
  detail: "their units stop when they sign out",
  mend: "sudo loginctl enable-linger bob",
};
const UNIT: ExaminedFinding = { ...LINGER, check: "unit: serach.service", service: "search" };
const UNSEEN: ExaminedFinding = { ...LINGER, check: "clock", status: "unknown" };

const tell = (shard: DrivenShard, ...findings: ExaminedFinding[]) =>
  shard.send({ kind: "examined", hostId: WEB_1, findings });
const fired = (shard: DrivenShard) =>
  shard.signals("firing").filter(({ reason }) => reason === "host-misconfigured");
const cleared = (shard: DrivenShard) => shard.signals("cleared").map(({ reason }) => reason);

describe("what a host's doctor found", () => {
  it("is one finding of the host, which says the first and how many more, and no command", () => {
    const shard = driveUpHost();
    tell(shard, LINGER, UNIT, UNSEEN);
    expect(fired(shard)).toMatchObject([
      {
        severity: "warning",
        subject: { kind: "host", hostId: WEB_1 },
        title: "web-1 will not work as it is set up: linger: bob, and 1 more",
        happenedAt: START_AT,
      },
    ]);
    expect(JSON.stringify(fired(shard))).not.toContain("enable-linger");
    expect(JSON.stringify(fired(shard))).toContain("their units stop when they sign out");
  });

  it("is nothing where it was only not seen, or all was proven", () => {
    const shard = driveUpHost();
    tell(shard, UNSEEN);
    tell(shard);
    expect(shard.signals("firing")).toEqual([]);
    expect(shard.host().examination).toMatchObject({ findings: [], wrongSinceAt: null });
  });

  it("ends with the first examination that is without, and its beginning is kept until then", () => {
    const shard = driveUpHost();
    tell(shard, LINGER, UNIT);
    shard.advance(HOUR_MS);
    tell(shard, UNIT);
    expect(shard.host().examination?.wrongSinceAt).toBe(START_AT);
    expect(cleared(shard)).toEqual([]);
    tell(shard, UNSEEN);
    expect(cleared(shard)).toEqual(["host-misconfigured"]);
    expect(shard.host().examination?.wrongSinceAt).toBeNull();
  });

  it("is over when the rule is turned off", () => {
    const shard = driveUpHost();
    tell(shard, LINGER);
    shard.applyPolicy(policyWith({ rules: { "host-misconfigured": { enabled: false } } }));
    shard.sweep();
    expect(cleared(shard)).toEqual(["host-misconfigured"]);
  });

  it("is kept with the host, and a host that told nothing has none", () => {
    const shard = driveUpHost();
    expect(shard.host().examination).toBeUndefined();
    tell(shard, LINGER);
    expect(storedHostOf(shard.host()).examination).toEqual(shard.host().examination);
  });
});

describe("what a host may cost by it", () => {
  it("the same told again is stored again only after half a day", () => {
    const shard = driveUpHost();
    tell(shard, LINGER);
    const first = shard.host();
    shard.advance(HOUR_MS);
    tell(shard, LINGER);
    expect(shard.host().examination).toBe(first.examination);
    shard.advance(SAME_STORED_AFTER_MS - HOUR_MS);
    tell(shard, LINGER);
    expect(shard.host().examination?.at).toBe(START_AT + SAME_STORED_AFTER_MS);
  });

  it("so many changes are taken in an hour, and the next hour's again", () => {
    const shard = driveUpHost();
    const nth = (number: number) => ({ ...LINGER, detail: `number ${number}` });
    for (let number = 1; number <= EXAMINATIONS_PER_HOUR_MAX + 1; number += 1) tell(shard, nth(number));
    expect(shard.host().examination?.findings).toEqual([nth(EXAMINATIONS_PER_HOUR_MAX)]);
    shard.advance(HOUR_MS);
    tell(shard, nth(0));
    expect(shard.host().examination?.findings).toEqual([nth(0)]);
  });

  it("so many characters are kept, and how many findings were not", () => {
    const shard = driveUpHost();
    const long = { ...LINGER, detail: "x".repeat(300), mend: null };
    const each = JSON.stringify(long).length;
    const fitting = Math.floor(EXAMINATION_CHARS_MAX / each);
    tell(shard, ...Array.from({ length: fitting + 2 }, () => long));
    expect(shard.host().examination).toMatchObject({ omittedCount: 2 });
    expect(shard.host().examination?.findings).toHaveLength(fitting);
  });
});
