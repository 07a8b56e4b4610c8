// What one host may cost the others, on both sides of each bound, and that the busiest honest host stays far below.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  FLOOD_CLOSE_FACTOR,
  HOST_BYTES_BURST_MAX,
  HOST_BYTES_PER_SECOND_MAX,
  HOST_CHANGES_BURST_MAX,
  HOST_CHANGES_PER_MINUTE_MAX,
  HOST_FRAMES_BURST_MAX,
  HOST_FRAMES_PER_SECOND_MAX,
  HOST_HELLOS_BURST_MAX,
  HOST_HELLOS_PER_MINUTE_MAX,
  HOST_NOTES_BURST_MAX,
  HOST_NOTES_PER_MINUTE_MAX,
} from "@countersign/shared/values/limits";
import {
  chargeChanges,
  drawHello,
  drawNote,
  FIRED_KEPT_MAX,
  type FrameVerdict,
  fullBudget,
  type HostBudget,
  judgeFrame,
} from "../../../../../control-plane/src/core/shard/host/host-budget.ts";
import type { PageReason, Signal } from "../../../../../control-plane/src/core/words/signal.ts";
import { START_AT } from "../shard-driver.ts";

const subject = { kind: "service", hostId: "host_a", hostName: "web-1", service: "web" } as const;
const base = { key: "s:1", happenedAt: 1, noticedAt: 1, subject };
const firing = (service = "web", reason: PageReason = "check-failing"): Signal => ({
  ...base,
  kind: "firing",
  subject: { ...subject, service },
  reason,
  severity: "error",
  title: "t",
  evidence: [],
  proposalRequestId: null,
  restarts: null,
});
const cleared: Signal = { ...base, kind: "cleared", reason: "check-failing", evidence: [] };
const note = { ...base, kind: "note", text: "up → late" } as const;

/** Sends frames of one size at one instant; gives what became of each kind of them. */
function sendAt(budget: HostBudget, now: number, sent: { readonly count: number; readonly bytes?: number }) {
  const counts: Record<FrameVerdict, number> = { take: 0, drop: 0, close: 0 };
  let current = budget;
  for (let index = 0; index < sent.count; index += 1) {
    const judged = judgeFrame(current, { bytes: sent.bytes ?? 100, now });
    current = judged.budget;
    counts[judged.verdict] += 1;
  }
  return { budget: current, counts };
}

describe("frames", () => {
  it("are taken up to the burst, dropped beyond it, and taken again at the rate", () => {
    const first = sendAt(fullBudget(START_AT), START_AT, { count: HOST_FRAMES_BURST_MAX + 5 });
    expect(first.counts).toEqual({ take: HOST_FRAMES_BURST_MAX, drop: 5, close: 0 });
    const second = sendAt(first.budget, START_AT + 1_000, { count: HOST_FRAMES_PER_SECOND_MAX + 1 });
    expect(second.counts).toEqual({ take: HOST_FRAMES_PER_SECOND_MAX, drop: 1, close: 0 });
  });

  it("close the socket beyond ten times the burst, and not before", () => {
    const count = HOST_FRAMES_BURST_MAX * FLOOD_CLOSE_FACTOR;
    const sent = sendAt(fullBudget(START_AT), START_AT, { count: count + 1 });
    expect(sent.counts.close).toBe(1);
    expect(sent.counts.take).toBe(HOST_FRAMES_BURST_MAX);
  });

  it("never close it at nine times the rate, however long", () => {
    let budget = fullBudget(START_AT);
    let closed = 0;
    for (let second = 0; second < 120; second += 1) {
      const sent = sendAt(budget, START_AT + second * 1_000, { count: HOST_FRAMES_PER_SECOND_MAX * 9 });
      ({ budget } = sent);
      closed += sent.counts.close;
    }
    expect(closed).toBe(0);
  });

  it("count by their bytes too", () => {
    const bytes = 64 * 1024;
    const fit = HOST_BYTES_BURST_MAX / bytes;
    const first = sendAt(fullBudget(START_AT), START_AT, { count: fit + 1, bytes });
    expect(first.counts).toEqual({ take: fit, drop: 1, close: 0 });
    const perSecond = HOST_BYTES_PER_SECOND_MAX / bytes;
    expect(sendAt(first.budget, START_AT + 1_000, { count: perSecond + 1, bytes }).counts.take).toBe(
      perSecond,
    );
    expect(
      sendAt(fullBudget(START_AT), START_AT, { count: 1, bytes: HOST_BYTES_BURST_MAX * 10 + 1 }).counts.close,
    ).toBe(1);
  });

  it("get nothing from a clock that goes back", () => {
    const { budget } = sendAt(fullBudget(START_AT), START_AT, { count: HOST_FRAMES_BURST_MAX });
    expect(sendAt(budget, START_AT - 60_000, { count: 1 }).counts.drop).toBe(1);
    expect(sendAt(budget, START_AT, { count: 1 }).counts.drop).toBe(1);
  });
});

describe("the busiest honest host", () => {
  // 32 services with 8 checks each, every 5 s and all failing: what ends within 50 ms travels together, so 20 frames a second at most,
  // each with whole services of 8 results.
  it("reports every failing result for ten minutes, and none is dropped", () => {
    const bytesPerService = 8 * 700 + 400;
    let budget = fullBudget(START_AT);
    let dropped = 0;
    for (let tick = 0; tick < 10 * 60 * 20; tick += 1) {
      const now = START_AT + tick * 50;
      const facts = judgeFrame(budget, { bytes: 2_000, now });
      const report = judgeFrame(facts.budget, { bytes: 3 * bytesPerService, now });
      ({ budget } = report);
      if (report.verdict !== "take" || facts.verdict !== "take") dropped += 1;
    }
    expect(dropped).toBe(0);
  });

  it("comes back from an outage: digest, full queue of facts and all outcomes at once", () => {
    const sent = sendAt(fullBudget(START_AT), START_AT, { count: 16 + 4 + 64, bytes: 64 * 1024 });
    expect(sent.counts).toEqual({ take: 84, drop: 0, close: 0 });
  });

  it("has all its services fail and recover at once, and is heard", () => {
    const services = Array.from({ length: 32 }, (_, index) => `service-${index}`);
    const failed = chargeChanges(
      fullBudget(START_AT),
      services.map((service) => firing(service)),
      START_AT,
    );
    const recovered = chargeChanges(
      failed,
      services.map(() => cleared),
      START_AT + 60_000,
    );
    expect(judgeFrame(recovered, { bytes: 100, now: START_AT + 60_000 }).verdict).toBe("take");
  });
});

describe("connections", () => {
  it("are let in up to the burst, and then at the rate", () => {
    let budget: HostBudget | null = fullBudget(START_AT);
    for (let count = 0; count < HOST_HELLOS_BURST_MAX; count += 1)
      budget = drawHello(budget as HostBudget, START_AT);
    expect(budget).not.toBeNull();
    expect(drawHello(budget as HostBudget, START_AT)).toBeNull();
    const everyMs = 60_000 / HOST_HELLOS_PER_MINUTE_MAX;
    expect(drawHello(budget as HostBudget, START_AT + everyMs - 1)).toBeNull();
    expect(drawHello(budget as HostBudget, START_AT + everyMs)).not.toBeNull();
  });
});

describe("changes", () => {
  it("that repeat hold back the next frame, until the debt is paid", () => {
    const free = chargeChanges(fullBudget(START_AT), [firing()], START_AT);
    const spent = chargeChanges(
      free,
      Array.from({ length: HOST_CHANGES_BURST_MAX }, () => cleared),
      START_AT,
    );
    expect(judgeFrame(spent, { bytes: 1, now: START_AT }).verdict).toBe("drop");
    const everyMs = 60_000 / HOST_CHANGES_PER_MINUTE_MAX;
    expect(judgeFrame(spent, { bytes: 1, now: START_AT + everyMs - 1 }).verdict).toBe("drop");
    expect(judgeFrame(spent, { bytes: 1, now: START_AT + everyMs }).verdict).toBe("take");
  });

  it("that fire for the first time cost nothing, and again within the hour they do", () => {
    const many = Array.from({ length: 200 }, (_, index) => firing(`service-${index}`));
    const first = chargeChanges(fullBudget(START_AT), many, START_AT);
    expect(first.changes.count).toBe(HOST_CHANGES_BURST_MAX);
    expect(chargeChanges(first, [firing("service-1")], START_AT).changes.count).toBe(
      HOST_CHANGES_BURST_MAX - 1,
    );
    expect(chargeChanges(first, [firing("service-1")], START_AT + 3_600_000).changes.count).toBe(
      HOST_CHANGES_BURST_MAX,
    );
  });

  it("under ever new names are not free without end", () => {
    const many = Array.from({ length: FIRED_KEPT_MAX + 3 }, (_, index) => firing(`service-${index}`));
    const charged = chargeChanges(fullBudget(START_AT), many, START_AT);
    expect(charged.changes.count).toBe(HOST_CHANGES_BURST_MAX - 3);
    expect(charged.firedAt.size).toBe(FIRED_KEPT_MAX);
  });
});

describe("notes", () => {
  it("beyond the burst are dropped, and the next one says how many", () => {
    let budget = fullBudget(START_AT);
    const told: string[] = [];
    const draw = (now: number) => {
      const drawn = drawNote(budget, note, now);
      ({ budget } = drawn);
      if (drawn.note !== null) told.push(drawn.note.text);
    };
    for (let count = 0; count < HOST_NOTES_BURST_MAX + 7; count += 1) draw(START_AT);
    expect(told).toEqual(Array.from({ length: HOST_NOTES_BURST_MAX }, () => note.text));
    expect(budget.notesDropped).toBe(7);
    draw(START_AT + 60_000 / HOST_NOTES_PER_MINUTE_MAX);
    expect([told.at(-1)?.includes("7"), budget.notesDropped]).toEqual([true, 0]);
  });
});

it("the protocol's page tells these bounds", () => {
  const page = readFileSync(new URL("../../../../../docs/protocol.md", import.meta.url), "utf8");
  for (const bound of [
    `${HOST_FRAMES_PER_SECOND_MAX} a second | ${HOST_FRAMES_BURST_MAX.toLocaleString("en")}`,
    `${HOST_HELLOS_PER_MINUTE_MAX} a minute | ${HOST_HELLOS_BURST_MAX}`,
    `${HOST_CHANGES_PER_MINUTE_MAX} a minute | ${HOST_CHANGES_BURST_MAX}`,
    `${HOST_NOTES_PER_MINUTE_MAX} a minute | ${HOST_NOTES_BURST_MAX}`,
  ])
    expect(page).toContain(bound);
});
