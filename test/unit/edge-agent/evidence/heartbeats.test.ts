// What the agent tells of the heartbeats that its catalogue expects: all of each service, also that there are none, after
// each welcome.
import { expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import {
  EMPTY_EVIDENCE,
  takeReading,
  tellAll,
} from "../../../../edge-agent/src/core/evidence/evidence-book.ts";
import { confirmSent, markSent, planFacts } from "../../../../edge-agent/src/core/evidence/fact-queue.ts";
import { sourcesOf } from "../../../../edge-agent/src/evidence/sources.ts";

const checks = [{ name: "port", kind: "tcp", port: 80 }];
const heartbeats = [
  { source: "nightly", every: "1d", grace: "2h" },
  { source: "often", every: "5m" },
];
const catalogue = Catalogue.parse({
  version: 1,
  services: [
    { name: "bob", checks, evidence: { ledger: "/var/lib/bob/ledger.ndjson", heartbeats } },
    { name: "web", checks, evidence: { config: ["/etc/web.conf"] } },
    { name: "db", checks },
  ],
});

async function reading() {
  const sources = sourcesOf(catalogue, { unitNow: () => null, positionOf: () => null });
  const [source, ...more] = sources.filter((one) => one.source === "heartbeats");
  expect(more).toEqual([]);
  return { source: source!, reading: await source!.read() };
}

test("they are how things stand, of each service, and no reading that could fail", async () => {
  const { source, reading: read } = await reading();
  expect(read).toMatchObject({ events: [], problems: [], remedies: [] });
  const at = expect.any(Number) as number;
  expect(read.states).toEqual([
    {
      kind: "heartbeats-expected",
      service: "bob",
      at,
      heartbeats: [
        { source: "nightly", everyMs: 86_400_000, graceMs: 7_200_000 },
        { source: "often", everyMs: 300_000, graceMs: 60_000 },
      ],
    },
    { kind: "heartbeats-expected", service: "web", at, heartbeats: [] },
    { kind: "heartbeats-expected", service: "db", at, heartbeats: [] },
  ]);
  const book = takeReading(EMPTY_EVIDENCE, source, { reading: read, now: 1 });
  expect([...book.results.keys()], "a service without evidence has no result about it").toEqual([]);
  const told = { ...book, queue: confirmSent(markSent(planFacts(book.queue, 1).queue)) };
  expect(takeReading(told, source, { reading: read, now: 2 }).queue.facts).toEqual([]);
  expect(tellAll(told).queue.facts.map(({ fact }) => fact)).toEqual(read.states);
});
