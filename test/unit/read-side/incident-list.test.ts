// What a list of incidents finds in D1, by each thing that may be asked of it and by all together, part by part; and that an
// index leads there.
import { describe, expect, it } from "vitest";
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { IncidentFilter } from "../../../control-plane/src/read-side/listed-incident.ts";
import { readIncidents } from "../../../control-plane/src/read-side/queries/incident-rows.ts";
import type { ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { readSideWith } from "./listed.ts";

const ANY: IncidentFilter = {
  standing: null,
  severity: null,
  reason: null,
  host: null,
  service: null,
  search: "",
  fromAt: null,
  toAt: null,
};

type Row = Extract<ProjectionRow, { table: "incidents" }>["row"];

function incident(incidentId: string, openedAt: number, given: Partial<Row> = {}): ProjectionRow {
  return {
    table: "incidents",
    row: {
      incidentId,
      subjectKind: "service",
      subjectKey: "service/host_1/app",
      hostId: "host_1",
      service: "app",
      reason: "check-failing",
      severity: "error",
      state: "open",
      title: "app is failing on app-01",
      openedAt,
      happenedAt: openedAt,
      resolvedAt: null,
      ...given,
    },
  };
}

const on = (incidentId: string, hostId: string, hostName: string): ProjectionRow => ({
  table: "incident_hosts",
  row: { incidentId, hostId, hostName, beganAt: 1 },
});

const ROWS = [
  incident("inc_1", 10, { state: "resolved", resolvedAt: 15, severity: "critical" }),
  incident("inc_2", 20, { state: "acknowledged", title: "app fails on 3 of 40 hosts" }),
  incident("inc_3", 30, { reason: "host-silent", hostId: "host_3", service: null, title: "db-1 is silent" }),
  incident("inc_4", 30, { state: "merged", service: "100%_real" }),
  on("inc_1", "host_1", "app-01"),
  on("inc_2", "host_1", "app-01"),
  on("inc_2", "host_2", "app-02"),
  on("inc_2", "host_2", "app-02"),
  on("inc_3", "host_3", "db-1"),
  on("inc_4", "host_4", "Über-Backup"),
];

describe("the incidents", () => {
  it.each<[Partial<IncidentFilter>, readonly string[]]>([
    [{}, ["inc_4", "inc_3", "inc_2", "inc_1"]],
    [{ standing: "going" }, ["inc_3", "inc_2"]],
    [{ standing: "open" }, ["inc_3"]],
    [{ standing: "taken" }, ["inc_2"]],
    [{ standing: "over" }, ["inc_1"]],
    [{ standing: "merged" }, ["inc_4"]],
    [{ severity: "critical" }, ["inc_1"]],
    [{ reason: "host-silent" }, ["inc_3"]],
    [{ service: "app" }, ["inc_2", "inc_1"]],
    [{ service: "100%_real" }, ["inc_4"]],
    // a wide one is found by each of its hosts, by its id or its name
    [{ host: "app-02" }, ["inc_2"]],
    [{ host: "host_1" }, ["inc_2", "inc_1"]],
    [{ host: "app" }, []],
    [{ search: "APP-02" }, ["inc_2"]],
    [{ search: "silent db" }, ["inc_3"]],
    [{ search: "Über-BACKUP" }, ["inc_4"]],
    [{ search: "100%" }, ["inc_4"]],
    [{ search: "%" }, ["inc_4"]],
    [{ search: "' OR 1=1 --" }, []],
    [{ fromAt: 20, toAt: 29 }, ["inc_2"]],
    [{ fromAt: 30 }, ["inc_4", "inc_3"]],
    [{ toAt: 10 }, ["inc_1"]],
    [{ host: "host_1", standing: "over", search: "app-01", service: "app", fromAt: 10 }, ["inc_1"]],
  ])("%j", async (asked, ids) => {
    const { d1 } = await readSideWith(ROWS);
    const part = await readIncidents(d1, { filter: { ...ANY, ...asked }, after: null, limit: 10 });
    expect(part.rows.map(({ incidentId }) => incidentId)).toEqual(ids);
    expect(part.next).toBeNull();
  });

  it("come one after the other, also those of one instant", async () => {
    const { d1 } = await readSideWith(ROWS);
    const found: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const part = await readIncidents(d1, { filter: ANY, after: after || null, limit: 1 });
      found.push(...part.rows.map(({ incidentId }) => incidentId));
      after = part.next;
    }
    expect(found).toEqual(["inc_4", "inc_3", "inc_2", "inc_1"]);
  });
});

it.each<[Partial<IncidentFilter>, RegExp]>([
  [{}, /incidents_by_time/],
  [{ standing: "going" }, /incidents_going/],
  [{ reason: "check-failing" }, /incidents_by_reason/],
  [{ service: "app" }, /incidents_by_service/],
  [{ host: "app-7" }, /incident_hosts_by_host.*incident_hosts_by_name/s],
])("an index leads to %j among ten thousand, and nothing is put in order anew", async (asked, index) => {
  const many = Array.from({ length: 10_000 }, (_none, number) => [
    incident(`inc_${number}`, number, { state: "resolved", resolvedAt: number, service: `s${number % 7}` }),
    on(`inc_${number}`, `host_${number % 50}`, `app-${number % 50}`),
  ]).flat();
  const { asked: statements, d1, database } = await readSideWith(many);
  const part = await readIncidents(d1, { filter: { ...ANY, ...asked }, after: null, limit: 999 });
  expect(part.rows.length).toBeLessThanOrEqual(LIST_ROWS_MAX);
  const { bound, text } = statements.at(-1) ?? { bound: [], text: "" };
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${text}`)
    .all(...(bound as string[]))
    .map(({ detail }) => String(detail))
    .join("\n");
  expect(plan).toMatch(index);
  if (asked.host === undefined) expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER|SCAN incidents$/m);
});
