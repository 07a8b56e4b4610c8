// What is said of several hosts, each with one service, is said of each one's own service, whatever it is called.
import { describe, expect, it } from "vitest";
import { areMet, replay } from "./told-story.ts";

const MIXED = "  - { name: web-1, services: [{ name: shop }] }\n  - { name: db-1, services: [{ name: db }] }";

describe("of hosts with different services", () => {
  it("each one's own fails", () => {
    const rows = [
      ["incident: check-failing, host: web-1, service: shop, is: open, at: +10m", true],
      ["incident: check-failing, host: db-1, service: db, is: open, at: +10m", true],
      ["incident: check-failing, host: db-1, service: shop, is: none, at: +10m", true],
    ] as const;
    const story = "  - { at: +1m, hosts: all, check: { status: fail } }";
    const lines = rows.map(([line]) => line);
    expect(areMet(story, lines, { hosts: MIXED })).toEqual(rows);
  });

  it("each one's own counter counts", () => {
    const story = "  - { at: +1m, hosts: all, work: { counter: jobs, add: 5 }, every: 1m, repeat: 3 }";
    expect(replay(story, { hosts: MIXED }).record.eventCount).toBe(6);
  });

  it("one service is asked for where a host has several", () => {
    const more = `${MIXED}\n  - { name: app-1, services: [{ name: a }, { name: b }] }`;
    const story = "  - { at: +1m, hosts: all, check: { status: fail } }";
    expect(() => replay(story, { hosts: more })).toThrow(/say which by `service`/);
    const brake = "  - { at: +1m, hosts: all, freeze: { by: operator, scope: service, why: a } }";
    expect(() => replay(brake, { hosts: more })).toThrow(/of which service/);
    expect(
      replay(brake, { hosts: MIXED }).record.turns.map(({ host, service }) => `${host} ${service}`),
    ).toEqual(["web-1 shop", "db-1 db"]);
  });
});
