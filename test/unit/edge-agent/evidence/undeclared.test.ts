// What a catalogue does not declare of a service: told at the agent's start, so that what an older catalogue named is
// nobody's concern.
import { expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { sourcesOf, undeclaredIn } from "../../../../edge-agent/src/evidence/sources.ts";

function catalogueWith(...evidence: readonly (object | undefined)[]): Catalogue {
  const checks = [{ name: "port", kind: "tcp", port: 80 }];
  const services = evidence.map((declared, index) => ({
    name: `s${index}`,
    checks,
    ...(declared === undefined ? {} : { evidence: declared }),
  }));
  return Catalogue.parse({ version: 1, services });
}

const ALL = ["ledger", "counters", "credentials", "code", "config", "fallbacks", "unit"];

test.each([
  ["a service without evidence", undefined, ALL],
  ["an empty section", {}, ALL],
  ["one kind", { ledger: "/l" }, ALL.slice(1)],
  [
    "others",
    { config: ["/c"], fallbacks: [{ name: "f", marker: "/m" }] },
    ["ledger", "counters", "credentials", "code", "unit"],
  ],
])("%s", (_, evidence, kinds) => {
  expect(undeclaredIn(catalogueWith(evidence))).toEqual([{ service: "s0", kinds }]);
});

test("each kind is either a source or undeclared, and never both", () => {
  const catalogue = catalogueWith({ ledger: "/l", config: ["/c"] }, undefined);
  const sources = sourcesOf(catalogue, { unitNow: () => null, positionOf: () => null });
  const read = sources.flatMap(({ service, source }) => (service === null ? [] : [source]));
  const undeclared = undeclaredIn(catalogue).flatMap(({ service, kinds }) =>
    kinds.map((kind) => `${service}/${kind}`),
  );
  expect([...read, ...undeclared].toSorted()).toEqual(
    ["s0", "s1"].flatMap((name) => ALL.map((kind) => `${name}/${kind}`)).toSorted(),
  );
});
