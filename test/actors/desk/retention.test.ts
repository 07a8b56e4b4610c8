// What the desk and D1 keep, and for how long: the audit and the archive leave from the front, in order, a bounded piece at a time, and what
// is open never does.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ARCHIVED_RECORDS_MAX, READ_SIDE_DAYS } from "@countersign/shared/values/limits";
import { verifyAudit } from "../../../control-plane/cli/audit-acts.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { forgetOld, FORGET_TURNS } from "../../../control-plane/src/read-side/forget-old.ts";
import { commandApi } from "../world/command-api.ts";
import { ask, bindings, desk, takeClock } from "../world/fleet.ts";

const DAY_MS = 24 * 3_600_000;
const token = bindings.ADMIN_TOKEN;

async function audited(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await desk().createEnrolmentToken(byAdmin());
  await desk().settled();
}

async function sqlOf<T extends Record<string, SqlStorageValue>>(statement: string): Promise<readonly T[]> {
  return runInDurableObject(desk(), (_instance, { storage }) => storage.sql.exec<T>(statement).toArray());
}

async function verified() {
  const printed: string[] = [];
  const output = { print: (text: string) => void printed.push(text), complain: () => {} };
  const code = await verifyAudit({ json: true }, { api: commandApi(), output }, Date.now());
  return { code, ...(JSON.parse(printed[0] ?? "{}") as Record<string, unknown>) };
}

describe("the audit", () => {
  it("leaves from the front after its days, with a row that says so, and verifies from there", async () => {
    const clock = takeClock();
    await audited(3);
    clock.advance(60 * DAY_MS);
    await audited(2);
    await desk().watch();
    expect(await verified()).toMatchObject({ code: 0, rowCount: 5, cut: null });
    clock.advance(32 * DAY_MS);
    await desk().watch();
    await desk().settled();
    expect(await verified()).toMatchObject({
      code: 0,
      rowCount: 3,
      firstSequence: 4,
      cut: { from: 1, through: 3 },
      copies: { missingCount: 0, otherCount: 0 },
    });
    expect(await (await ask("/v1/admin/audit/verify", { token: token ?? "" })).json()).toMatchObject({
      ok: true,
      rowCount: 3,
    });
    await desk().watch();
    expect(await verified()).toMatchObject({ rowCount: 3 });
    const copies = (await bindings.DB.prepare("SELECT sequence FROM audit").all()).results;
    expect(copies).toHaveLength(6);
  });

  it("is broken when a front left without a word", async () => {
    await audited(5);
    await sqlOf("DELETE FROM audit WHERE sequence <= 2");
    expect(await verified()).toMatchObject({ code: 1, ok: false, brokenAt: 1 });
  });
});

describe("the archive", () => {
  const document = (incidentId: string) =>
    JSON.stringify({ incidentId, state: "resolved", subject: {}, nextStep: null, timeline: [] });
  const put = (kind: string, id: string, incident: string) =>
    sqlOf(`INSERT INTO archived VALUES ('${kind}', '${id}', '${incident}', 0, '${document(incident)}')`);
  const archive = (number: number, id: string, at: number) =>
    sqlOf(`INSERT INTO archive VALUES (${number}, 'incident', '${id}', ${at})`);
  const known = async () =>
    (await sqlOf<{ id: string }>("SELECT id FROM archived ORDER BY id")).map(({ id }) => id);

  it("forgets an incident with its pages and approvals when it is old, and nothing that is open", async () => {
    const clock = takeClock();
    await desk().watch();
    for (const id of ["inc_a", "inc_b"]) {
      await put("incident", id, id);
      await put("page", `${id}:page`, id);
      await put("approval", `${id}:approval`, id);
    }
    await put("page", "open:page", "inc_open");
    await archive(1, "inc_a", Date.now());
    clock.advance(DAY_MS);
    await archive(2, "inc_b", Date.now());
    clock.advance(89.5 * DAY_MS);
    await desk().watch();
    expect(await known()).toEqual(["inc_b", "inc_b:approval", "inc_b:page", "open:page"]);
    expect(await sqlOf("SELECT number FROM archive")).toEqual([{ number: 2 }]);
  });

  it(`holds so many records: the oldest give way`, async () => {
    await desk().watch();
    await put("incident", "inc_a", "inc_a");
    await put("incident", "inc_b", "inc_b");
    await archive(1, "inc_a", Date.now());
    await archive(2, "inc_b", Date.now());
    await archive(ARCHIVED_RECORDS_MAX + 1, "inc_c", Date.now());
    await desk().watch();
    expect(await known()).toEqual(["inc_b"]);
  });
});

describe("D1", () => {
  it("forgets what is over and older than its days, table by table, and nothing else", async () => {
    const now = Date.now();
    const old = now - (READ_SIDE_DAYS + 1) * DAY_MS;
    const run = (statement: string) => bindings.DB.prepare(statement).run();
    const audit = (sequence: number, at: number) =>
      run(`INSERT INTO audit VALUES (${sequence}, ${at}, 'a', 'b', '[]', 'c', 'd', 'e', 'f${sequence}')`);
    const incident = (id: string, resolvedAt: number | null) =>
      run(
        `INSERT INTO incidents (incident_id, subject_kind, subject_key, host_id, reason, severity, state, title, opened_at, happened_at, resolved_at)
         VALUES ('${id}', 'host', 'host/h', 'h', 'r', 's', 'x', 't', 0, 0, ${resolvedAt})`,
      );
    const page = (id: string, state: string, at: number) =>
      run(
        `INSERT INTO pages (key, incident_id, kind, responder, state, attempts, title, created_at)
         VALUES ('${id}', 'i', 'k', 'r', '${state}', 1, 't', ${at})`,
      );
    await audit(1, old);
    await audit(2, old + 2 * DAY_MS);
    await incident("old", old);
    await incident("open", null);
    await incident("lost", null);
    await run("UPDATE incidents SET state = 'unknown' WHERE incident_id = 'lost'");
    await incident("young", now);
    await page("old", "delivered", old);
    await page("pending", "pending", old);
    const host = (id: string, liveness: string, revision: number) =>
      run(
        `INSERT INTO hosts (host_id, shard, name, liveness, condition, services, urgency, revision)
         VALUES ('${id}', 'shard-0', '${id}', '${liveness}', '', '[]', ${liveness === "retired" ? null : 3}, ${revision})`,
      );
    for (const [service, status] of [
      ["gone", "gone"],
      ["there", "healthy"],
    ])
      await run(
        `INSERT INTO services (host_id, service, status, names, revision)
         VALUES ('h', '${service}', '${status}', '[]', ${old})`,
      );
    for (const hours of [27, 25])
      await run(
        `INSERT INTO service_changes VALUES ('h', 'there', ${hours}, 'well', 'failing', ${now - hours * 3_600_000}, 1)`,
      );
    await host("there", "up", old);
    await host("sold", "retired", old);
    await host("sold-lately", "retired", now);
    for (let minute = 0; minute < FORGET_TURNS; minute += 1)
      await forgetOld(bindings.DB, now + minute * 60_000 - 4 * 60_000);
    const left = async (table: string, key: string) =>
      (await bindings.DB.prepare(`SELECT ${key} AS id FROM ${table} ORDER BY rowid`).all()).results.map(
        ({ id }) => id,
      );
    expect(await left("audit", "sequence")).toEqual([2]);
    expect(await left("incidents", "incident_id")).toEqual(["open", "young"]);
    expect(await left("services", "service")).toEqual(["there"]);
    expect(await left("service_changes", "slot")).toEqual([25]);
    expect(await left("hosts", "host_id")).toEqual(["there", "sold-lately"]);
    expect(await left("pages", "key")).toEqual(["pending"]);
  });
});
