// Where a person silences exactly what an incident is about.
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident, Place } from "../../../../control-plane/src/core/desk/records/incident.ts";
import { type Subject, subjectKeyOf } from "../../../../control-plane/src/core/words/subject.ts";
import { silencePathOf } from "../../../../control-plane/src/web/incidents/incident-words.ts";
import { Desk, HOST, HOST_ID, SERVICE } from "../../core/desk/desk-fixtures.ts";

const MODELS: Subject = { kind: "provider", shard: "shard-0", name: "models.example" };

function shown(place: Place, subject: Subject, reasons: readonly Finding["reason"][]) {
  const desk = new Desk();
  desk.fire();
  const incident: Incident = { ...desk.incident(), place, subject, reason: reasons[0] ?? "check-failing" };
  return { incident, findings: reasons.map((reason) => ({ ...desk.finding(), reason, subject })) };
}

const TROUBLE: Place = { kind: "trouble", subjectKey: subjectKeyOf(SERVICE) };
const WIDE: Place = { kind: "wide", alikeKey: "x" };
const onService = `service%2F${HOST_ID}%2Fdemo`;

describe("the way to silence it", () => {
  it.each<[string, Place, Subject, readonly Finding["reason"][], string]>([
    ["one finding", TROUBLE, SERVICE, ["check-failing"], `${onService}?reason=check-failing`],
    [
      "several of a service: any reason",
      TROUBLE,
      SERVICE,
      ["check-failing", "restart-loop-suspected"],
      onService,
    ],
    ["many hosts", WIDE, SERVICE, ["check-failing"], "fleet?reason=check-failing&service=demo"],
    [
      "services of one host",
      { kind: "host", hostId: HOST_ID },
      SERVICE,
      ["check-failing"],
      `host%2F${HOST_ID}?reason=check-failing`,
    ],
    [
      "a silent host",
      { kind: "down", hostId: HOST_ID },
      HOST,
      ["host-silent"],
      `host%2F${HOST_ID}?reason=host-silent`,
    ],
    [
      "the fleet, of whichever shard",
      { kind: "fleet" },
      { kind: "fleet", shard: "shard-0" },
      ["fleet-silent"],
      "fleet?reason=fleet-silent",
    ],
    [
      "a provider",
      { kind: "alone" },
      MODELS,
      ["provider-failing"],
      "provider%2Fshard-0%2Fmodels.example?reason=provider-failing",
    ],
  ])("of %s", (_what, place, subject, reasons, path) => {
    const { findings, incident } = shown(place, subject, reasons);
    expect(silencePathOf(incident, findings)).toBe(`/silences/new/${path}`);
  });

  it("does not count what is over, or lies beneath", () => {
    const { findings, incident } = shown(TROUBLE, SERVICE, ["check-failing", "no-progress", "stale-code"]);
    const [fires, over, beneath] = findings as [Finding, Finding, Finding];
    const held = [fires, { ...over, endedAt: 1 }, { ...beneath, standing: "beneath" as const }];
    expect(silencePathOf(incident, held)).toBe(`/silences/new/${onService}?reason=check-failing`);
  });
});
