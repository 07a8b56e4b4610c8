// The lines of hosts' services as they are read from D1: written as shards write them, bounded, and sound whatever somebody
// wrote by hand.
import { describe, expect, it } from "vitest";
import { changeRowOf } from "../../../control-plane/src/read-side/change-rows.ts";
import { projectRows } from "../../../control-plane/src/read-side/project.ts";
import { readStrips, TURNS_MAX } from "../../../control-plane/src/read-side/queries/strip-rows.ts";
import { markUnknown } from "../../../control-plane/src/read-side/writers.ts";
import { hostRow } from "./host-row.ts";
import { readSideWith, serviceRow } from "./listed.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const HOST = { hostId: "host_1", services: ["web", "db"], silentSinceAt: null };
const turn = (service: string | null, hoursAgo: number, was: "well" | "failing", look: "well" | "failing") =>
  changeRowOf("host_1", { service, at: NOW - hoursAgo * HOUR, was, look });

async function linesOf(d1: D1Database): Promise<unknown> {
  const strips = await readStrips(d1, { hosts: [HOST], now: NOW });
  const lines = strips.get("host_1")?.entries() ?? [];
  return Object.fromEntries(
    [...lines].map(([service, spans]) => [
      service,
      spans.map(({ fromAt, look }) => `${look} ${(NOW - fromAt) / HOUR}`),
    ]),
  );
}

describe("the lines of a host's services", () => {
  it("are as long as the window, each with its own turns", async () => {
    const { d1 } = await readSideWith([
      hostRow({ hostId: "host_1" }),
      {
        ...serviceRow("host_1", "db", "failing"),
        row: { ...serviceRow("host_1", "db", "failing").row, look: "failing" },
      },
      turn("web", 2, "well", "failing"),
      turn("web", 1, "failing", "well"),
    ]);
    expect(await linesOf(d1)).toEqual({ web: ["well 24", "failing 2", "well 1"], db: ["failing 24"] });
  });

  it("hold the newest turns of what flaps, and a slot of five minutes one row of each look", async () => {
    const { d1, database } = await readSideWith([]);
    const turns = Array.from({ length: 4_000 }, (_, index) => {
      const look = index % 2 === 0 ? "well" : "failing";
      const at = NOW - 1_000 - (3_999 - index) * 20_000;
      return {
        projection: changeRowOf("host_1", { service: "web", at, look, was: "well" }),
        revision: index,
      };
    });
    await projectRows(d1, "shard-0", turns);
    const { count } = database.prepare("SELECT count(*) AS count FROM service_changes").get() as {
      count: number;
    };
    expect(count).toBeLessThanOrEqual((2 * (4_000 * 20_000)) / 300_000 + 2);
    const spans = (await readStrips(d1, { hosts: [HOST], now: NOW })).get("host_1")?.get("web") ?? [];
    expect([spans.length <= TURNS_MAX + 1, spans.at(-1)?.look]).toEqual([true, "failing"]);
  });

  it("show all of what flaps the whole day, and of very many from where on it was read", async () => {
    const { d1 } = await readSideWith([]);
    const turns = Array.from({ length: 576 }, (_, index) => {
      const at = NOW - 1_000 - index * 150_000;
      const [look, was] = index % 2 === 0 ? (["failing", "well"] as const) : (["well", "failing"] as const);
      return { projection: changeRowOf("host_1", { service: "web", at, look, was }), revision: index };
    });
    await projectRows(d1, "shard-0", turns);
    const spans = async (services: readonly string[]) =>
      (await readStrips(d1, { hosts: [{ ...HOST, services }], now: NOW })).get("host_1")?.get("web") ?? [];
    const few = await spans(["web"]);
    expect(few.length).toBeGreaterThan(500);
    expect(few.some(({ look }) => look === "no-data")).toBe(false);
    const many = await spans(["web", ...Array.from({ length: 200 }, (_, index) => `db-${index}`)]);
    expect([many[0]?.look, many.slice(1).some(({ look }) => look === "no-data")]).toEqual(["no-data", false]);
  });

  it("say of what a lost life told that it is not known, and go on anew", async () => {
    const rows = [turn("web", 3, "well", "failing"), turn("web", 2, "failing", "well")];
    const { d1 } = await readSideWith([hostRow({ hostId: "host_1" }), turn("web", 4, "failing", "well")]);
    await projectRows(
      d1,
      "shard-0",
      rows.map((projection) => ({ projection, revision: 9 })),
    );
    await markUnknown(d1, "shard-0", { above: 5, through: 9 });
    const anew = changeRowOf("host_1", { service: null, at: NOW - HOUR, look: "anew", was: "anew" });
    await projectRows(d1, "shard-0", [{ projection: anew, revision: 10 }]);
    expect(await linesOf(d1)).toMatchObject({ web: ["failing 24", "well 4", "no-data 3", "well 1"] });
  });

  it("survive what somebody wrote there by hand", async () => {
    const { d1, database } = await readSideWith([turn("web", 2, "well", "failing")]);
    database.exec("INSERT INTO service_changes VALUES ('host_1', 'web', 9e9, 'toString', 7, 'then', 1)");
    database.exec(
      "INSERT INTO service_changes VALUES ('host_1', 'web', 'slot', 'well', 'failing', 1e300, 1)",
    );
    expect(await linesOf(d1)).toMatchObject({ web: ["well 24", "failing 2"] });
  });

  it("walk the table's own order, and look at no other host", async () => {
    const { asked, d1, database } = await readSideWith([turn("web", 2, "well", "failing")]);
    asked.length = 0;
    await linesOf(d1);
    const steps = asked.flatMap(({ bound, text }) =>
      database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...(bound as string[])),
    );
    const tables = steps.map(({ detail }) => String(detail)).filter((step) => /service/.test(step));
    expect(
      tables.every((step) => step.startsWith("SEARCH")),
      tables.join("; "),
    ).toBe(true);
  });
});
