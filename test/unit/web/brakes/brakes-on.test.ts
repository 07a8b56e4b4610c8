// What lies over one host: what covers it now, and nothing else.
import { describe, expect, it } from "vitest";
import { byAdmin, byPerson, byRule } from "../../../../control-plane/src/core/words/actor.ts";
import { FLEET, hostSubject } from "../../../../control-plane/src/core/words/subject.ts";
import { matcherText } from "../../../../control-plane/src/web/brakes/brake-lines.tsx";
import {
  brakesOn,
  freezeOf as freezeOver,
  NO_BRAKES,
} from "../../../../control-plane/src/web/brakes/brakes-on.ts";
import { whoOf } from "../../../../control-plane/src/web/brakes/who.ts";
import {
  AGENTS_1,
  freezeOf,
  POLICY,
  silenceOf,
  standingOf,
  WEB_1,
} from "../../../gallery/records/known-host.ts";
import { NOW } from "../../../gallery/shown-state.ts";

const HOST = { hostId: AGENTS_1.hostId, services: ["bob", "hermes"] };
const ANY = { hostId: null, service: null, reason: null } as const;

const silences = (changes: Parameters<typeof silenceOf>[0]) =>
  brakesOn({ ...NO_BRAKES, silences: [silenceOf(changes)] }, HOST, NOW).silences.length;

describe("a silence", () => {
  it.each([
    { why: "of its service", changes: {}, count: 1 },
    { why: "of a reason on any host", changes: { matcher: { ...ANY, reason: "host-silent" } }, count: 1 },
    { why: "of a service like its own", changes: { matcher: { ...ANY, service: "bob" } }, count: 1 },
    { why: "of another service", changes: { matcher: { ...ANY, service: "web" } }, count: 0 },
    { why: "of another host", changes: { matcher: { ...ANY, hostId: WEB_1.hostId } }, count: 0 },
    { why: "that begins later", changes: { startsAt: NOW + 1 }, count: 0 },
    { why: "that begins now", changes: { startsAt: NOW }, count: 1 },
    { why: "that ends now", changes: { endsAt: NOW }, count: 0 },
    {
      why: "of a provider",
      changes: { matcher: { ...ANY, subject: { kind: "provider", shard: "shard-0", name: "x" } } },
      count: 0,
    },
  ] as const)("$why covers it: $count", ({ changes, count }) => {
    expect(silences(changes)).toBe(count);
  });

  it.each([
    [{ ...ANY, service: "bob" }, null, "Everything of bob on any host"],
    [{ ...ANY, hostId: "host_1" }, "web-1", "Everything on web-1"],
    [{ ...ANY, reason: "check-failing", service: "bob" }, "web-1", "“A check fails” of bob on web-1"],
  ] as const)("%j is told as %s: %s", (matcher, host, text) => {
    expect(matcherText(matcher, host)).toBe(text);
  });
});

describe("a freeze", () => {
  it("of the fleet, of it or of its services lies over it, the widest first; of others does not", () => {
    const own = freezeOf();
    const ofHost = freezeOf({ scope: hostSubject(AGENTS_1.hostId, AGENTS_1.name) });
    const ofFleet = freezeOf({ scope: FLEET });
    const other = freezeOf({ scope: hostSubject(WEB_1.hostId, WEB_1.name) });
    const all = brakesOn({ ...NO_BRAKES, freezes: [other, own, ofHost, ofFleet] }, HOST, NOW);
    expect(all.freezes).toEqual([own, ofHost, ofFleet]);
    expect(freezeOver(all, "bob")).toBe(ofFleet);
    expect(freezeOver({ ...all, freezes: [own, ofHost] }, "hermes")).toBe(ofHost);
    expect(freezeOver({ ...all, freezes: [own] }, "bob")).toBe(own);
    expect(freezeOver({ ...all, freezes: [own] }, "hermes")).toBe(null);
    expect(freezeOver({ ...all, freezes: [own] }, null)).toBe(null);
  });
});

describe("a yes in advance", () => {
  it.each([
    [{}, 1],
    [{ usesCount: 3 }, 0],
    [{ untilAt: NOW }, 0],
    [{ subject: { kind: "service", hostId: WEB_1.hostId, hostName: "web-1", service: "x" } }, 0],
  ] as const)("with %j holds: %d", (changes, count) => {
    const { standing } = brakesOn({ ...NO_BRAKES, standing: [standingOf(changes)] }, HOST, NOW);
    expect(standing).toHaveLength(count);
  });
});

describe("who did it", () => {
  it.each([
    [byPerson("alice"), "Alice"],
    [byPerson("gone"), "gone"],
    [byRule("self-inflicted"), "the desk itself (automation broke it)"],
    [byAdmin("deploy"), "deploy, by the admin token"],
    [byAdmin(), "whoever holds the admin token"],
  ])("%j is %s", (actor, text) => {
    expect(whoOf(actor, POLICY)).toBe(text);
  });

  it("is said by id where the policy cannot be read", () => {
    expect(whoOf(byPerson("alice"), null)).toBe("alice");
  });
});
