// What is stored says all: a record without one of the fields that are written is of another version, and is not read. A field may be absent
// only where absence says something now, such as that nothing was tried: those are listed here.
import { expect, it } from "vitest";
import type { z } from "zod";
import { valuesOf } from "@countersign/shared/values/named";
import type { Fact } from "@countersign/shared/wire/fact";
import { standInYes } from "../../../control-plane/replay/world/stand-in.ts";
import { DESK_RECORDS } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { storedHostOf, storedShardOf } from "../../../control-plane/src/core/shard/kept/shard-stored.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { DOCUMENT_SHAPES } from "../../../control-plane/src/stored/desk-shapes.ts";
import { readStored } from "../../../control-plane/src/stored/read-stored.ts";
import {
  OwnShape,
  PendingGrantShape,
  StoredHostShape,
} from "../../../control-plane/src/stored/shard-shapes.ts";
import { SignalShape } from "../../../control-plane/src/stored/signal-shape.ts";
import { Desk, SERVICE, START_AT } from "../core/desk/desk-fixtures.ts";
import { driveFailingService, grantWith, outcomeWith, WEB_1 } from "../core/shard/shard-driver.ts";

/** Of each of these the desk below holds one. */
const STORED = ["incidents", "findings", "recurrences", "approvals", "pages", "freezes", "standing"] as const;

/** Values by a name from outside, or by a reason, and what single rules remember: any of them may be missing. */
const NAMED = /(?:\.services|\.failing|\.tallies|\.titles|\.slices.*|\.firing|\.dueAt)$/;

/** The fields without which a record can be read all the same. */
function optionalIn(record: unknown, shape: z.ZodType): readonly string[] {
  return lackingOne(record)
    .filter(({ lacking }) => readStored(JSON.stringify(lacking), shape).ok)
    .map(({ field }) => field);
}

/** The record once for each of its fields, without that one. */
function lackingOne(record: unknown, path = ""): readonly { field: string; lacking: unknown }[] {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return [];
  return Object.entries(record).flatMap(([name, value]) => {
    const { [name]: _left, ...rest } = record as Readonly<Record<string, unknown>>;
    const own = NAMED.test(path) ? [] : [{ field: name, lacking: rest }];
    const within = lackingOne(value, `${path}.${name}`);
    return [
      ...own,
      ...within.map(({ field, lacking }) => ({ field, lacking: { ...record, [name]: lacking } })),
    ];
  });
}

/** A service whose act is being verified, with findings; one grant under way. */
function rowsOfShard() {
  const shard = driveFailingService();
  const asked = storedHostOf(shard.host());
  shard.mint();
  shard.send({ kind: "grant-issued", grant: grantWith({ grantId: "grt_1" }) });
  const grants = valuesOf(shard.state().grants);
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ grantId: "grt_1" }) });
  const at = shard.now();
  const attempt: Fact = {
    kind: "attempt",
    service: "web",
    at,
    action: "restart",
    by: "watchdog",
    outcome: "no",
    isHelpful: false,
  };
  for (let count = 0; count < 5; count += 1) shard.send({ kind: "facts", hostId: WEB_1, facts: [attempt] });
  return { asked, ran: storedHostOf(shard.host()), own: storedShardOf(shard.state()), grants, shard };
}

it("without a field that is written a record of the desk is not read", () => {
  const desk = new Desk();
  const given = {
    standingId: "std_1",
    subject: SERVICE,
    action: "reload",
    usesMax: 2,
    untilAt: START_AT + 3_600_000,
    signed: standInYes("bob"),
  };
  desk.act("bob", { kind: "give-standing", ...given, why: "tonight" });
  desk.act("bob", { kind: "freeze", scope: { ...SERVICE, service: "other" }, why: "so" });
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  desk.settle();
  desk.deliverPages();
  desk.fire({ subject: { ...SERVICE, service: "third" } });
  desk.clear("check-failing", { ...SERVICE, service: "third" });
  desk.tickAfter(600_000);
  for (const collection of STORED) {
    const { kind } = DESK_RECORDS[collection];
    const [record] = desk.state[collection].values();
    // A page that was stored before its rounds were counted has none.
    const optional = kind === "page" ? ["round"] : [];
    expect([kind, record !== undefined, optionalIn(record, DOCUMENT_SHAPES[kind])]).toEqual([
      kind,
      true,
      optional,
    ]);
  }
});

function optionalOf(signal: Signal): readonly string[] {
  // An older shard says of no proposal why it was asked for, and of no host that it is late.
  if (signal.kind === "proposed") return ["reason"];
  if (signal.kind === "census") return ["late"];
  return "alike" in signal ? ["alike"] : [];
}

it("nor one of a shard, but for the services of its catalogue, failures that pass, what was tried, when a row was written and what of a subject it is about", () => {
  const { asked, grants, own, ran, shard } = rowsOfShard();
  expect(asked).toMatchObject({ services: { web: { proposal: {} } } });
  expect(ran).toMatchObject({ services: { web: { verification: {}, book: { firing: {} } } } });
  for (const row of [asked, ran])
    expect(optionalIn({ ...row, savedAt: 1 }, StoredHostShape)).toEqual([
      "listed",
      "titles",
      ...(row === asked ? ["why"] : []),
      "tallies",
      // only of what failed before an act
      ...(row === ran ? ["isLate"] : []),
      "ladder",
      "askedAt",
      "savedAt",
    ]);
  expect(optionalIn(own, OwnShape)).toEqual([]);
  expect(grants.map((grant) => optionalIn(grant, PendingGrantShape))).toEqual([[]]);
  const said = shard.effects.flatMap((effect) => (effect.kind === "signal" ? [effect.signal] : []));
  const kinds = ["census", "firing", "note", "outcome", "proposed"];
  expect([...new Set(said.map(({ kind }) => kind))].toSorted()).toEqual(kinds);
  for (const signal of said)
    expect([signal.kind, optionalIn(signal, SignalShape)]).toEqual([signal.kind, optionalOf(signal)]);
});
