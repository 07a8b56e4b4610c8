// What a decision of the desk costs grows as the number of open incidents does, and not as its square: counted in looks at incidents and
// pages, never in time. With the square, a desk with thousands of open incidents needed a minute for each event.
import { describe, expect, it } from "vitest";
import { recordsFrom, type Records } from "@countersign/shared/values/records";
import type { DeskEvent } from "../../../../control-plane/src/core/desk/state/desk-events.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { Desk, START_AT } from "./desk-fixtures.ts";

const FEW = 30;
const MANY = 4 * FEW;

describe("a decision of the desk", () => {
  it.each([
    ["a tick with nothing due", { kind: "tick" }],
    ["an incident that opens", { kind: "signal", signal: firing(5_000) }],
    ["an incident that is told again", { kind: "signal", signal: firing(1) }],
    ["an incident that clears", { kind: "signal", signal: cleared(1) }],
    ["a host that falls silent", { kind: "signal", signal: silent(1) }],
  ] satisfies [string, DeskEvent][])("looks at each record a bounded number of times: %s", (_what, event) => {
    const [few, many] = [looksWith(FEW, event), looksWith(MANY, event)];
    expect(few).toBeGreaterThan(FEW);
    // four times as many records: four times the looks, and some that are for the event alone
    expect(many).toBeLessThan(few * 5);
  });
});

/** How often a decision looks at whom incidents are about, and whose pages are. */
function looksWith(count: number, event: DeskEvent): number {
  const desk = deskWith(count);
  let looks = 0;
  const counted = <V extends object>(record: Records<V>, property: keyof V): Records<V> =>
    recordsFrom(
      record.entries().map(([id, value]) => {
        const found = value[property];
        const get = () => ((looks += 1), found);
        return [id, Object.defineProperty({ ...value }, property, { enumerable: true, get })];
      }),
    );
  desk.state = {
    ...desk.state,
    incidents: counted(desk.state.incidents, "subject"),
    pages: counted(desk.state.pages, "incidentId"),
  };
  desk.take(event);
  return looks;
}

/** A desk with so many open incidents on as many hosts, each told to a person. */
function deskWith(count: number): Desk {
  const desk = new Desk();
  desk.take({ kind: "signals", signals: Array.from({ length: count }, (_, number) => firing(number)) });
  for (const { key } of desk.state.pages.values())
    desk.take({ kind: "page-attempted", key, channel: "push", result: "delivered", detail: "" });
  return desk;
}

function firing(number: number): Extract<Signal, { kind: "firing" }> {
  return {
    kind: "firing",
    key: `shard-0:epoch:${number}`,
    happenedAt: START_AT,
    noticedAt: START_AT,
    subject: { kind: "service", hostId: hostIdOf(number), hostName: `host-${number}`, service: "api" },
    reason: "check-failing",
    severity: "error",
    title: `api is failing on host-${number}`,
    evidence: [],
    proposalRequestId: null,
    restarts: null,
  };
}

function silent(number: number): Extract<Signal, { kind: "firing" }> {
  const subject = { kind: "host", hostId: hostIdOf(number), hostName: `host-${number}` } as const;
  return { ...firing(number), key: `shard-0:epoch:s${number}`, subject, reason: "host-silent" };
}

function cleared(number: number): Signal {
  const { happenedAt, noticedAt, reason, subject } = firing(number);
  return {
    kind: "cleared",
    key: `shard-0:epoch:c${number}`,
    happenedAt,
    noticedAt,
    reason,
    subject,
    evidence: [],
  };
}

function hostIdOf(number: number): string {
  return `host_${String(number).padStart(32, "0")}`;
}
