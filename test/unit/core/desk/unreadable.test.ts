// What cannot be read: each kind fails to the safe side, is told once for each host and part, and until a person has dealt with it; and who
// is to blame where no decision can be made.
import { describe, expect, it } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { decideDesk } from "../../../../control-plane/src/core/desk/decide-desk.ts";
import { LIKE_WAIT_MS } from "../../../../control-plane/src/core/desk/paging/stream.ts";
import type { RecordKind } from "../../../../control-plane/src/core/desk/records/record-list.ts";
import { meaningOf, RECORD_KINDS } from "../../../../control-plane/src/core/desk/records/record-words.ts";
import { UNREADABLE_MAX } from "../../../../control-plane/src/core/desk/records/unreadable-record.ts";
import { findCulprits, withoutRecords } from "../../../../control-plane/src/core/desk/state/culprits.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../../../control-plane/src/core/desk/state/empty-desk.ts";
import { emptyShard } from "../../../../control-plane/src/core/shard/decide-shard.ts";
import { findShardCulprits } from "../../../../control-plane/src/core/shard/kept/shard-culprits.ts";
import { byPerson, byRule } from "../../../../control-plane/src/core/words/actor.ts";
import {
  FLEET,
  partSubject,
  placeNameOf,
  subjectKeyOf,
} from "../../../../control-plane/src/core/words/subject.ts";
import type { FoundRecord } from "../../../../control-plane/src/core/words/unreadable-record.ts";
import { AlarmClock } from "../../../../control-plane/src/shell/alarm-clock.ts";
import { culpritsOf } from "../../../../control-plane/src/shell/desk/desk-decision.ts";
import { driveShard, WEB_1 } from "../shard/shard-driver.ts";
import { Desk, HOST, POLICY, START_AT } from "./desk-fixtures.ts";

function found(kind: RecordKind, more: Partial<FoundRecord<RecordKind>> = {}): FoundRecord<RecordKind> {
  return { part: "desk", kind, id: "x", problem: "not JSON", ...more };
}

function find(desk: Desk, ...records: readonly FoundRecord<RecordKind>[]): void {
  desk.take({ kind: "unreadable-found", records });
}

const open = ({ state }: Desk) =>
  state.incidents
    .values()
    .filter(({ reason, state: each }) => reason === "record-unreadable" && each !== "resolved");
const acts = ({ effects }: Desk) =>
  effects.flatMap((effect) => (effect.kind === "audit" ? [effect.entry.act] : []));

describe("a record that cannot be read", () => {
  it.each(RECORD_KINDS)(
    "of kind %s is told as grave as it is, and holds the fleet only for the brake",
    (kind) => {
      const desk = new Desk();
      find(desk, found(kind));
      expect(open(desk)).toMatchObject([
        { severity: meaningOf(kind).severity, subject: partSubject("desk") },
      ]);
      const isBrake = kind === "freeze" || kind === "freeze-word";
      expect(desk.state.freezes.values().map(({ by, scope }) => [by, scope])).toEqual(
        isBrake ? [[byRule("record-unreadable"), FLEET]] : [],
      );
    },
  );

  it("is told once, with all others of its part, until each is dealt with", () => {
    const desk = new Desk();
    find(desk, found("silence"), found("page"));
    find(desk, found("page"), found("host", { part: "shard-0", subject: HOST }));
    expect(open(desk).map(({ severity, subject }) => [subjectKeyOf(subject), severity])).toEqual([
      ["part", "critical"],
      [subjectKeyOf(HOST), "critical"],
    ]);
    expect(acts(desk).filter((act) => act === "record-unreadable")).toHaveLength(3);
    const discard = (recordKey: string) => desk.act("alice", { kind: "discard-record", recordKey }).answer.ok;
    expect(["desk/page/x", "desk/page/x", "constructor", "shard-0/host/x"].map(discard)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(open(desk).map(({ subject }) => subject)).toEqual([partSubject("desk")]);
    expect(discard("desk/silence/x")).toBe(true);
    expect(open(desk)).toEqual([]);
  });

  it(`beyond ${UNREADABLE_MAX} is audited, and not kept twice`, () => {
    const desk = new Desk();
    const records = Array.from({ length: UNREADABLE_MAX + 1 }, (_each, id) =>
      found("projection", { id: `${id}` }),
    );
    find(desk, ...records);
    expect(desk.state.unreadable.ids()).toHaveLength(UNREADABLE_MAX);
    expect(acts(desk).filter((act) => act === "record-unreadable")).toHaveLength(UNREADABLE_MAX + 1);
  });

  it("of a shard is told to the desk in its own words", () => {
    const shard = driveShard();
    shard.enrol();
    shard.send({ kind: "unreadable-found", records: [{ kind: "host", id: WEB_1, problem: "not JSON" }] });
    expect(shard.signals("unreadable")).toMatchObject([{ part: "shard-0", record: "host", id: WEB_1 }]);
    const desk = new Desk();
    desk.take({ kind: "signals", signals: shard.signals("unreadable") });
    expect(desk.state.unreadable.ids()).toEqual([`shard-0/host/${WEB_1}`]);
  });
});

/** Some incidents with a page each; those that are named throw wherever they are looked at. */
function stateWith(count: number, culprits: readonly string[]): DeskState {
  const desk = new Desk();
  for (let index = 0; index < count; index += 1)
    desk.fire({
      subject: { kind: "service", hostId: `host_${index}`, hostName: `web-${index}`, service: "demo" },
      // alike in nothing, or they would be one incident
      alike: `check ${index}`,
    });
  desk.settle();
  const incidents = desk.state.incidents.entries().map(([id, incident]) => {
    if (!culprits.includes(placeNameOf(incident.subject))) return [id, incident] as const;
    const throwing = Object.defineProperty({ ...incident }, "state", { get: wrong, enumerable: true });
    return [id, throwing] as const;
  });
  return { ...desk.state, incidents: recordsFrom(incidents) };
}

function wrong(): never {
  throw new Error("we are wrong");
}

const context = { now: START_AT + LIKE_WAIT_MS, policy: POLICY, newId: (prefix: string) => `${prefix}_new` };
const deciding = { decide: decideDesk, context };

describe("records with which no decision can be made", () => {
  it("are found among many, each once, and the rest can be decided without them", () => {
    const state = stateWith(40, ["web-3", "web-31"]);
    const culprits = culpritsOf(state, deciding);
    const names = culprits
      .filter(({ collection }) => collection === "incidents")
      .map(({ id }) => state.incidents.get(id)?.subject);
    expect(names).toMatchObject([{ hostName: "web-3" }, { hostName: "web-31" }]);
    const rest = withoutRecords(state, culprits);
    expect(rest.incidents.ids()).toHaveLength(38);
    expect(culpritsOf(rest, deciding)).toEqual([]);
  });

  it("cost a page and not its incident, where the page alone is to blame", () => {
    const state = stateWith(3, []);
    const [culprit] = state.pages.values();
    const throwing = Object.defineProperty({ ...culprit! }, "state", { get: wrong });
    const pages = state.pages.with(culprit!.key, throwing);
    expect(culpritsOf({ ...state, pages }, deciding)).toEqual([{ collection: "pages", id: culprit!.key }]);
  });

  it("are none where even an empty desk cannot be decided, or nothing is wrong", () => {
    expect(findCulprits(stateWith(3, []), () => false)).toEqual([]);
    expect(findCulprits(stateWith(3, []), () => true)).toEqual([]);
  });

  it("are found among a shard's hosts, or in the shard's own state, or nowhere", () => {
    const shard = driveShard();
    for (let index = 0; index < 9; index += 1) shard.enrol(`host_${index}`, `web-${index}`);
    const bad = new Set(["host_2", "host_8"]);
    const tried = findShardCulprits(shard.state(), ({ hosts }) => !hosts.ids().some((id) => bad.has(id)));
    expect(tried).toEqual({ kind: "hosts", hostIds: ["host_2", "host_8"] });
    expect(findShardCulprits(emptyShard("shard-0", "epoch"), () => false)).toEqual({ kind: "own" });
    expect(findShardCulprits(shard.state(), () => true)).toEqual({ kind: "events" });
  });
});

describe("an alarm", () => {
  it("is armed for soon, and reported, where something due was left undone", () => {
    const desk = new Desk();
    const silence = { silenceId: "sil_1", matcher: { hostId: null, service: null, reason: null } };
    const said = { by: byPerson("alice"), why: "work", startsAt: START_AT, endsAt: Number.NaN };
    desk.state = { ...EMPTY_DESK, silences: recordsFrom([["sil_1", { ...silence, ...said }]]) };
    expect(() => desk.take({ kind: "tick" })).toThrow("left undone");
    expect(desk.last).toMatchObject({ isLeftUndone: true, alarmAt: desk.now + 5_000 });
  });

  it.each([
    ["no instant", Number.NaN, START_AT + 5_000],
    ["never", Number.POSITIVE_INFINITY, START_AT + 5_000],
    ["beyond all dates", 1e300, START_AT + 30 * 86_400_000],
    ["long ago", -1e300, START_AT + 50],
    ["soon", START_AT + 1_000, START_AT + 1_000],
  ])("that is due %s is set where the runtime takes it", (_what, at, setFor) => {
    const set: number[] = [];
    const alarm = { armedAt: null, set: (instant: number) => void set.push(instant) };
    new AlarmClock(alarm, { now: START_AT }).arm(at);
    expect(set).toEqual([setFor]);
  });
});
