// Which freeze and which silence a list shows on a service, and which hosts are frozen.
import { describe, expect, it } from "vitest";
import { FLEET, hostSubject } from "../../../../control-plane/src/core/words/subject.ts";
import {
  calledOf,
  freezeOn,
  frozenHosts,
  reasonsOf,
  silenceOn,
} from "../../../../control-plane/src/web/hosts/host-marks.ts";
import { hostIdOf, NIGHT_MARKS } from "../../../gallery/records/overview-night.ts";
import { NOW } from "../../../gallery/shown-state.ts";

const AGENTS = hostIdOf("agents-1");
const [BOB] = NIGHT_MARKS.freezes;
const [RESTIC] = NIGHT_MARKS.silences;

describe("a freeze", () => {
  it("lies on its service alone", () => {
    expect(freezeOn(NIGHT_MARKS, AGENTS, "bob")).toBe(BOB);
    expect(freezeOn(NIGHT_MARKS, AGENTS, "hermes")).toBeUndefined();
    expect(freezeOn(NIGHT_MARKS, AGENTS, null)).toBeUndefined();
    expect(freezeOn(NIGHT_MARKS, hostIdOf("web-1"), "bob")).toBeUndefined();
  });

  it("of a host lies on its services, and the widest is the one that is shown", () => {
    const ofHost = { ...BOB!, scope: hostSubject(AGENTS, "agents-1") };
    const ofFleet = { ...BOB!, scope: FLEET };
    const marks = { ...NIGHT_MARKS, freezes: [BOB!, ofHost] };
    expect([freezeOn(marks, AGENTS, "bob"), freezeOn(marks, AGENTS, "hermes")]).toEqual([ofHost, ofHost]);
    const all = { ...NIGHT_MARKS, freezes: [BOB!, ofHost, ofFleet] };
    expect([freezeOn(all, AGENTS, "bob"), freezeOn(all, "host_other", null)]).toEqual([ofFleet, ofFleet]);
    expect(frozenHosts(all)).toEqual([AGENTS]);
  });

  it("is by who people call them, or by their id", () => {
    expect([calledOf(NIGHT_MARKS, BOB!.by), calledOf({ names: new Map() }, BOB!.by)]).toEqual([
      "Alice",
      "alice",
    ]);
  });
});

describe("a silence", () => {
  const on = { hostId: hostIdOf("backup-1"), service: "restic", reasons: ["check-failing"], now: NOW };

  it("lies on what it matches, while it lasts", () => {
    expect(silenceOn(NIGHT_MARKS, on)).toBe(RESTIC);
    expect(silenceOn(NIGHT_MARKS, { ...on, service: "other" })).toBeUndefined();
    expect(silenceOn(NIGHT_MARKS, { ...on, now: RESTIC!.endsAt })).toBeUndefined();
    expect(silenceOn(NIGHT_MARKS, { ...on, now: RESTIC!.startsAt - 1 })).toBeUndefined();
  });

  it("of a reason hides no other one, and one of several none", () => {
    const matcher = { hostId: on.hostId, service: null, reason: "credential-expiring" as const };
    const marks = { ...NIGHT_MARKS, silences: [{ ...RESTIC!, matcher }] };
    const reasons = (row: Parameters<typeof reasonsOf>[0]) =>
      silenceOn(marks, { ...on, reasons: reasonsOf(row) }) !== undefined;
    expect(reasons({ status: "failing", names: ["http"] })).toBe(false);
    expect(reasons({ status: "finding", names: ["credential-expiring secret db"] })).toBe(true);
    expect(reasons({ status: "finding", names: ["credential-expiring", "latency-high"] })).toBe(false);
  });

  it("of a reason alone is shown on no host", () => {
    const matcher = { hostId: null, service: null, reason: "latency-high" as const };
    expect(silenceOn({ ...NIGHT_MARKS, silences: [{ ...RESTIC!, matcher }] }, on)).toBeUndefined();
  });
});
