// Stories about more than a person can read: what is new rings, and the rest comes within the documented numbers, in
// digests.
import { expect } from "vitest";
import type { Page } from "../../control-plane/src/core/desk/records/pages/page.ts";
import { minutes, seconds, story, type World } from "./world.ts";

const ALICE_ALONE = { escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" } };

function fleetOf(world: World, count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `web-${index + 1}`);
  for (const name of names) world.host(name);
  return names;
}

const sentAt = ({ createdAt, releasedAt }: Page) => releasedAt ?? createdAt;

/** The most that came within any time of that length. */
function mostWithin(pages: readonly Page[], durationMs: number): number {
  const counts = pages.map(
    (last) =>
      pages.filter((one) => sentAt(one) <= sentAt(last) && sentAt(one) > sentAt(last) - durationMs).length,
  );
  return Math.max(0, ...counts);
}

function expectNumbersKept(pages: readonly Page[]): void {
  // the first ring about each incident is never held, and is not what the numbers bound
  const firsts = new Set<string>();
  const others = pages.filter(({ incidentId, kind }) => {
    const isFirst = kind === "ring" && !incidentId.startsWith("dig_") && !firsts.has(incidentId);
    if (isFirst) firsts.add(incidentId);
    return !isFirst;
  });
  expect(mostWithin(others, minutes(15))).toBeLessThanOrEqual(6);
}

story(
  "hosts fall one after another, each a trouble of its own: each rings, and the rest comes in digests",
  (world) => {
    const names = fleetOf(world, 16);
    for (const name of names) {
      world.host(name).fallsSilent();
      world.advance(seconds(65));
      world.expectPage("alice", { reason: "host-silent", says: `${name} is silent` });
      world.advance(seconds(25));
      world.host(name).returns();
      world.advance(seconds(70));
    }
    world.advance(minutes(60));
    const pages = world.claimPages("alice");
    const digests = pages.filter(({ covers }) => covers !== undefined);
    expect(digests.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
      "update web-2: recovered after 1m 35s (silent), and 4 more on 5 incidents",
      "update web-7: recovered after 1m 35s (silent), and 5 more on 6 incidents",
    ]);
    const told = pages.flatMap(({ covers, key }) => covers ?? [key]);
    expect(told.filter((key) => key.includes(":recovered:"))).toHaveLength(16);
    expect(mostWithin(pages, minutes(15))).toBeLessThanOrEqual(6);
    world.expectAuditsOf("incident-resolved");
  },
  { policy: ALICE_ALONE },
);

story(
  "forty hosts flap one after another for twenty minutes",
  (world) => {
    const names = fleetOf(world, 40);
    for (const [index, name] of names.entries()) {
      world.host(name).service("demo").fails();
      world.advance(seconds(30));
      if (index >= 2)
        world
          .host(names[index - 2] ?? name)
          .service("demo")
          .recovers();
    }
    for (const name of names) world.host(name).service("demo").recovers();
    world.advance(minutes(120));
    const pages = world.claimPages("alice");
    expect(pages.length).toBeGreaterThan(3);
    expectNumbersKept(pages);
    for (const act of ["incident-resolved", "incident-merged", "proposal-ignored", "approval-superseded"])
      world.expectAuditsOf(act);
  },
  { policy: ALICE_ALONE },
);

story(
  "one cause on a hundred hosts, with updates and an end: five in its first ten minutes at most",
  (world) => {
    const names = fleetOf(world, 100);
    for (const name of names) {
      world.host(name).service("demo").fails();
      world.advance(seconds(3));
    }
    world.advance(minutes(5));
    for (const name of names) world.host(name).service("demo").recovers();
    world.advance(minutes(60));
    const pages = world.claimPages("alice");
    expect(pages.at(-1)).toMatchObject({ kind: "recovered" });
    expect(mostWithin(pages, minutes(10))).toBeLessThanOrEqual(5);
    expectNumbersKept(pages);
    for (const act of ["incident-resolved", "incident-merged", "proposal-ignored", "approval-superseded"])
      world.expectAuditsOf(act);
  },
  { policy: ALICE_ALONE },
);

story(
  "in a storm of repeats, whoever approved an act hears at once that it did not help",
  (world) => {
    world.host("web-1").service("demo").restartHelpsForMs = 0;
    world.host("web-1").service("demo").fails();
    world.advance(seconds(25));
    const page = world.expectPage("alice", { reason: "check-failing", to: "approval" });
    for (const name of ["web-2", "web-3"]) world.host(name).fallsSilent();
    world.advance(minutes(7));
    const before = world.claimPages("alice");
    expect(mostWithin([page, ...before], minutes(15))).toBeGreaterThanOrEqual(6);
    expect(world.approves("alice", page)).toBe("ok");
    world.advance(minutes(2));
    const [told, ...others] = world.claimPages("alice");
    expect(told?.covers).toBeUndefined();
    expect(told?.tells[0]).toMatchObject({ what: "result" });
    expect(others).toEqual([]);
    world.advance(minutes(20));
    expect(world.claimPages("alice").length).toBeLessThanOrEqual(6);
    world.expectAction("web-1", "demo restart");
    for (const act of ["approval-approved", "outcome-succeeded", "approval-failed"])
      world.expectAuditsOf(act);
  },
  { policy: { escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "1m" } } },
);
