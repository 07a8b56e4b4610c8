// What a decision of the desk costs: it looks at the few records that its event is about, however many there are, and copies none of the
// others. Counted in looks at records and in steps of the maps that hold them, never in time. Once each event looked at all of them as
// often as there were others, and a desk with thousands of open incidents needed a minute for it; then each event copied them all.
import { describe, expect, it } from "vitest";
import { type Records, recordsFrom } from "@countersign/shared/values/records";
import { standInSignature } from "../../../../control-plane/replay/world/stand-in.ts";
import { decideDesk } from "../../../../control-plane/src/core/desk/decide-desk.ts";
import { actBy, type DeskEvent } from "../../../../control-plane/src/core/desk/desk-event.ts";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../../../control-plane/src/core/desk/records/incident.ts";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { alikeKeyOf } from "../../../../control-plane/src/core/desk/state/finding-index.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { type ServiceSubject, subjectKeyOf } from "../../../../control-plane/src/core/words/subject.ts";
import { Desk, HOST_ID, POLICY, PROPOSAL_HASH, PROPOSAL, PROPOSAL_TEXT, START_AT } from "./desk-fixtures.ts";

const FEW = 30;
const MANY = 20 * FEW;
const NOW = START_AT + 10_000;

/** Host 0 is the one for which the host itself has minted a proposal. */
const EVENTS: Readonly<Record<string, DeskEvent>> = {
  "a tick with nothing due": { kind: "tick" },
  "an incident that opens": { kind: "signal", signal: firing(5_000) },
  "an incident that is told again": { kind: "signal", signal: { ...firing(1), title: "it fails otherwise" } },
  "an incident that clears": { kind: "signal", signal: cleared(1) },
  "a host that falls silent": { kind: "signal", signal: silent(1) },
  "a host that falls silent in shadow": { kind: "signal", signal: { ...silent(1), shadow: { tags: [] } } },
  "an approval that is asked for": { kind: "signal", signal: proposed() },
  "an approval that is opened": actBy("alice", { kind: "see-approval", approvalId: "apr_0" }),
  "a yes": actBy("alice", {
    kind: "approve",
    approvalId: "apr_0",
    proposalHash: PROPOSAL_HASH,
    signature: standInSignature("alice", PROPOSAL_HASH),
  }),
  "a no": actBy("alice", { kind: "deny", approvalId: "apr_0" }),
  "a proof that it helped": { kind: "signal", signal: verified(2) },
  "a page that arrives": receipt("delivered"),
  "a page that a channel refuses": receipt("failed"),
  "an acknowledgement": actBy("alice", { kind: "acknowledge", incidentId: "inc_1" }),
  "a brake on one service": actBy("alice", { kind: "freeze", scope: serviceOn(1), why: "work" }),
};

/** The same on many hosts: the incident and all its pages are one. */
const WIDE_EVENTS: Readonly<Record<string, DeskEvent>> = {
  "a tick with nothing due": { kind: "tick" },
  "a host that joins": { kind: "signal", signal: alikeOn(5_000) },
  "a host that is told again": { kind: "signal", signal: { ...alikeOn(1), title: "it fails otherwise" } },
  "a host that grows worse": { kind: "signal", signal: { ...alikeOn(1), severity: "critical" } },
  "a host that is well again": { kind: "signal", signal: cleared(1) },
  "a page that arrives": receipt("delivered"),
};

describe("a decision of the desk", () => {
  it.each(Object.entries(EVENTS))("costs what it is about, and not what is open: %s", (_what, event) => {
    const [few, many] = [costWith(FEW, event), costWith(MANY, event)];
    expect(few.looks + few.steps).toBeGreaterThan(0);
    // a heap is deeper, and nothing else
    expect({ looks: many.looks, isFew: many.steps <= 2 * few.steps }).toEqual({
      looks: few.looks,
      isFew: true,
    });
  });

  it.each(Object.entries(WIDE_EVENTS))(
    "costs the same in a wide incident, however many lie in it: %s",
    (_what, event) => {
      const [few, many] = [FEW, MANY].map((count) => costIn(wideWith(count), event));
      expect({ looks: many?.looks, isFew: (many?.steps ?? 0) <= 2 * (few?.steps ?? 0) }).toEqual({
        looks: few?.looks,
        isFew: true,
      });
    },
  );

  it("looks at each record once when it is the first", () => {
    const [few, many] = [FEW, MANY].map((count) => {
      const { counted, cost } = countedState(deskWith(count));
      return costOf(counted, { kind: "tick" }, cost).looks / count;
    });
    expect(many).toBeCloseTo(few ?? 0, -1);
  });
});

interface Cost {
  /** reads of a record's properties */
  looks: number;
  /** reads and writes of the maps that hold records, and entries of what was walked as a whole */
  steps: number;
}

/** What an event costs a desk with so many open incidents that has decided such a one before; that decision is thrown away. */
function costWith(count: number, event: DeskEvent): Cost {
  return costIn(deskWith(count), event);
}

function costIn(before: DeskState, event: DeskEvent): Cost {
  const { counted, cost } = countedState(before);
  const { state } = decideDesk(counted, { kind: "tick" }, context());
  decideDesk(state, event, context());
  return costOf(state, event, cost);
}

function costOf(state: DeskState, event: DeskEvent, cost: Cost): Cost {
  cost.looks = 0;
  const steps = stepsOf(() => void decideDesk(state, event, context()));
  return { looks: cost.looks, steps };
}

/** The state with records that count how often they are looked at. */
function countedState(state: DeskState): { readonly counted: DeskState; readonly cost: Cost } {
  const cost: Cost = { looks: 0, steps: 0 };
  const countLooks = <V extends object>(records: Records<V>): Records<V> =>
    recordsFrom(
      records.entries().map(([id, record]) => {
        const get = (target: V, property: string | symbol) => {
          cost.looks += 1;
          return Reflect.get(target, property) as unknown;
        };
        return [id, new Proxy(record, { get })];
      }),
    );
  const counted = {
    ...state,
    incidents: countLooks<Incident>(state.incidents),
    findings: countLooks<Finding>(state.findings),
    approvals: countLooks<Approval>(state.approvals),
    pages: countLooks<Page>(state.pages),
  };
  return { counted, cost };
}

/** How many steps the maps do meanwhile; walking one as a whole is as many as it has entries. */
function stepsOf(work: () => void): number {
  let steps = 0;
  const prototype = Map.prototype as unknown as Record<PropertyKey, (...given: unknown[]) => unknown>;
  const all = ["get", "set", "delete", "values", "keys", "entries", "forEach", Symbol.iterator] as const;
  const originals = all.map((name) => [name, prototype[name]] as const);
  for (const [name, original] of originals)
    prototype[name] = function counted(this: Map<unknown, unknown>, ...given) {
      steps += name === "get" || name === "set" || name === "delete" ? 1 : this.size;
      return original?.apply(this, given);
    };
  try {
    work();
    return steps;
  } finally {
    for (const [name, original] of originals) if (original !== undefined) prototype[name] = original;
  }
}

/** A desk with so many open incidents on as many hosts, each told to a person and with an approval that is asked for. */
function deskWith(count: number): DeskState {
  const desk = new Desk();
  desk.fire();
  desk.propose();
  desk.settle();
  desk.deliverPages();
  const [incident, finding, approval] = [desk.incident(), desk.finding(), desk.approval()];
  const [page] = desk.state.pages.values();
  if (page === undefined) throw new Error("there is no page");
  const numbers = Array.from({ length: count }, (_, number) => number);
  const each = <V>(make: (number: number) => readonly [string, V]): Records<V> =>
    recordsFrom(numbers.map(make));
  return {
    ...desk.state,
    incidents: each((number) => {
      const subject = serviceOn(number);
      const place = { kind: "trouble", subjectKey: subjectKeyOf(subject) } as const;
      return [`inc_${number}`, { ...incident, incidentId: `inc_${number}`, place, subject }];
    }),
    // alike in nothing, or they would be one trouble of the fleet
    findings: each((number) => {
      const ids = { findingId: `fnd_${number}`, incidentId: `inc_${number}`, approvalId: `apr_${number}` };
      return [ids.findingId, { ...finding, ...ids, alike: `check ${number}`, subject: serviceOn(number) }];
    }),
    approvals: each((number) => {
      const of = { findingId: `fnd_${number}`, incidentId: `inc_${number}` };
      const ids = { approvalId: `apr_${number}`, requestId: `prq_${number}`, ...of };
      // number 2 has run, and is watched
      const run = {
        state: "executing",
        grantId: "grt_2",
        isGrantDelivered: true,
        decidedAt: START_AT,
      } as const;
      const grantExpiresAt = START_AT + 300_000;
      const own = number === 2 ? { ...run, grantExpiresAt } : {};
      return [ids.approvalId, { ...approval, ...ids, ...own, subject: serviceOn(number) }];
    }),
    pages: recordsFrom(numbers.flatMap((number) => pagesOn(number, page))),
  };
}

/** One incident in which so many hosts lie, of which people were told. */
function wideWith(count: number): DeskState {
  const state = deskWith(count);
  const [incident] = state.incidents.values();
  const [finding] = state.findings.values();
  if (incident === undefined || finding === undefined) throw new Error("there is nothing");
  const { incidentId } = incident;
  const alikeKey = alikeKeyOf({ ...finding, alike: null }) ?? "";
  const wide: Incident = {
    ...incident,
    place: { kind: "wide", alikeKey },
    membersTold: count,
    reasonsTold: ["check-failing"],
  };
  return {
    ...state,
    incidents: recordsFrom([[incidentId, wide]]),
    findings: recordsFrom(
      state.findings
        .entries()
        .map(([id, one]) => [
          id,
          { ...one, alike: null, incidentId, standing: "wide" as const, askedAt: null, approvalId: null },
        ]),
    ),
    approvals: recordsFrom([]),
    pages: recordsFrom(
      state.pages
        .entries()
        .slice(0, 8)
        .map(([key, page]) => [key, { ...page, incidentId }]),
    ),
  };
}

/** One that has arrived, and one that every channel was tried with and none has taken yet. */
function pagesOn(number: number, page: Page): readonly (readonly [string, Page])[] {
  const ids = { incidentId: `inc_${number}`, approvalId: `apr_${number}` };
  const [key, lateKey] = [`inc_${number}:ring:1:alice`, lateKeyOf(number)];
  const tried = { state: "pending", attempts: 2, nextAttemptAt: NOW + 5_000 } as const;
  return [
    [key, { ...page, ...ids, key }],
    [lateKey, { ...page, ...ids, ...tried, key: lateKey, deliveredAt: null, deliveredBy: null }],
  ];
}

let ids = 0;
function context() {
  return { now: NOW, policy: POLICY, newId: (prefix: string) => `${prefix}_new${++ids}` };
}

function firing(number: number): Extract<Signal, { kind: "firing" }> {
  return {
    kind: "firing",
    key: `shard-0:epoch:${number}`,
    happenedAt: NOW,
    noticedAt: NOW,
    subject: serviceOn(number),
    reason: "check-failing",
    severity: "error",
    title: "demo is failing",
    evidence: [],
    alike: `check ${number}`,
    proposalRequestId: null,
    restarts: null,
  };
}

/** What is alike on all hosts. */
function alikeOn(number: number): Extract<Signal, { kind: "firing" }> {
  const { alike: _own, ...signal } = firing(number);
  return signal;
}

function silent(number: number): Extract<Signal, { kind: "firing" }> {
  const { hostId, hostName } = serviceOn(number);
  return { ...firing(number), subject: { kind: "host", hostId, hostName }, reason: "host-silent" };
}

function cleared(number: number): Signal {
  const { happenedAt, key, noticedAt, reason, subject } = firing(number);
  return { kind: "cleared", key, happenedAt, noticedAt, reason, subject, evidence: [] };
}

function proposed(): Signal {
  const { happenedAt, key, noticedAt } = firing(0);
  return {
    kind: "proposed",
    key,
    happenedAt,
    noticedAt,
    subject: serviceOn(0),
    requestId: "prq_new",
    proposal: PROPOSAL_TEXT,
    asked: { action: "restart", level: 4, reason: PROPOSAL.reason },
    reason: "check-failing",
    askedBy: { kind: "rule", reason: "check-failing" },
    settleMs: 60_000,
  };
}

function verified(number: number): Signal {
  const { happenedAt, key, noticedAt } = firing(number);
  const said = { subject: serviceOn(number), grantId: `grt_${number}`, result: "verified" } as const;
  return { kind: "verification", key, happenedAt, noticedAt, ...said, evidence: [] };
}

function receipt(result: "delivered" | "failed"): DeskEvent {
  return { kind: "page-attempted", key: lateKeyOf(3), channel: "push", result, detail: "" };
}

function lateKeyOf(number: number): string {
  return `inc_${number}:ring:2:alice`;
}

function serviceOn(number: number): ServiceSubject {
  const hostId = number === 0 ? HOST_ID : `host_${String(number).padStart(32, "0")}`;
  return { kind: "service", hostId, hostName: `host-${number}`, service: "demo" };
}
