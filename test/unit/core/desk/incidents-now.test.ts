// What a person must know of an open incident at a glance, as the desk's core knows it.
import { describe, expect, it } from "vitest";
import { INCIDENTS_NOW_MAX, incidentsNow } from "../../../../control-plane/src/core/desk/incidents-now.ts";
import { Desk, HOST_ID, SERVICE } from "./desk-fixtures.ts";

const MINUTE = 60_000;
const ALICE = { responder: "alice", name: "Alice" };
const BOB = { responder: "bob", name: "Bob" };

function nowOf(desk: Desk) {
  const { now, policy, state } = desk;
  const ids = state.incidents.values().map(({ incidentId }) => incidentId);
  return incidentsNow(state, { now, policy }, ids);
}

function failing(): Desk {
  const desk = new Desk();
  desk.fire({ restarts: { count: 3, max: 3, windowMs: 60 * MINUTE } });
  desk.liveFor(MINUTE);
  return desk;
}

describe("an open incident", () => {
  it("says who was rung, who is next, and what was seen last", () => {
    const desk = failing();
    const [at] = desk.state.pages.values().map(({ createdAt }) => createdAt);
    expect(nowOf(desk)).toMatchObject([
      {
        rung: [{ ...ALICE, at, deliveredBy: "push" }],
        next: { to: [BOB] },
        takenBy: null,
        silence: null,
        freeze: null,
        isRunning: false,
        lastSeen: "http: 500",
        restarts: { count: 3, windowMs: 60 * MINUTE },
      },
    ]);
  });

  it("names each who was rung once, the newest first", () => {
    const desk = failing();
    desk.liveFor(30 * MINUTE);
    const [{ rung } = { rung: [] }] = nowOf(desk);
    expect(rung.map(({ name }) => name).toSorted()).toEqual(["Alice", "Bob"]);
    expect(rung.map(({ at }) => at)).toEqual(
      rung.map(({ at }) => at).toSorted((left, right) => right - left),
    );
  });

  it("says who has it, and what holds it", () => {
    const desk = failing();
    desk.act("bob", { kind: "acknowledge", incidentId: desk.incident().incidentId });
    desk.act("bob", { kind: "freeze", scope: SERVICE, why: "so" });
    expect(nowOf(desk)[0]).toMatchObject({ takenBy: BOB, next: null, freeze: { why: "so" } });
  });

  it("is silenced only while all that goes on of it is, and until the first of these ends", () => {
    const desk = failing();
    const silence = (service: string, endsAt: number) =>
      desk.act("alice", {
        kind: "silence",
        silenceId: `sil_${service}`,
        matcher: { hostId: HOST_ID, service, reason: null },
        startsAt: desk.now,
        endsAt,
        why: "swapping the disk",
      } as never);
    const endsAt = desk.now + 60 * MINUTE;
    silence("demo", endsAt);
    expect(nowOf(desk)[0]?.silence).toEqual({ endsAt, why: "swapping the disk", by: ALICE });
    desk.fire({ reason: "no-progress", subject: SERVICE, title: "demo makes no progress" });
    expect(nowOf(desk)[0]?.silence).not.toBeNull();
    desk.now = endsAt;
    expect(nowOf(desk)[0]?.silence).toBeNull();
  });

  it("is said of at most so many, and of none that is over or unknown", () => {
    const desk = failing();
    const { incidentId } = desk.incident();
    const at = { now: desk.now, policy: desk.policy };
    const others = Array.from({ length: INCIDENTS_NOW_MAX }, (_, index) => `inc_other_${index}`);
    expect(incidentsNow(desk.state, at, [...others.slice(1), incidentId])).toHaveLength(1);
    expect(incidentsNow(desk.state, at, [...others, incidentId])).toHaveLength(0);
  });
});
