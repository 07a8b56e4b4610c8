// What an incident holds, as it is shown: what goes on comes first, and a host counts once.
import { expect, it } from "vitest";
import {
  hostCountsOf,
  inOrderOfNeed,
} from "../../../../../control-plane/src/core/desk/incidents/held-findings.ts";
import type { Finding } from "../../../../../control-plane/src/core/desk/records/finding.ts";
import { Desk, SERVICE } from "../desk-fixtures.ts";

function finding(findingId: string, parts: Partial<Finding> = {}): Finding {
  const desk = new Desk();
  desk.fire();
  return { ...desk.finding(), findingId, ...parts };
}

const on = (host: string) => ({ ...SERVICE, hostId: `host_${host}`, hostName: host });

it("puts what fires first, then what is well and held, what lies beneath, and what is over", () => {
  const findings = [
    finding("over", { clearedAt: 1, endedAt: 2 }),
    finding("beneath", { standing: "beneath" }),
    finding("over-beneath", { standing: "beneath", endedAt: 2 }),
    finding("well", { clearedAt: 1 }),
    finding("second"),
    finding("third"),
    finding("first", { severity: "critical" }),
  ];
  expect(inOrderOfNeed(findings).map(({ findingId }) => findingId)).toEqual([
    "first",
    "second",
    "third",
    "well",
    "beneath",
    "over",
    "over-beneath",
  ]);
});

it("counts each host once, as failing while anything of it fires there", () => {
  const findings = [
    finding("1", { subject: on("a") }),
    finding("2", { subject: on("a"), clearedAt: 1, endedAt: 2 }),
    finding("3", { subject: on("b"), clearedAt: 1 }),
    finding("4", { subject: on("c"), standing: "beneath" }),
    finding("5", { subject: { kind: "provider", shard: "shard-0", name: "models.example" } }),
  ];
  expect(hostCountsOf(findings)).toEqual({ failing: 2, well: 1 });
});
