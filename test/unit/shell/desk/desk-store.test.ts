// What the desk stores, by the list of its records itself: each is put, found again after a restart, and archived or forgotten when it is over.
import { describe, expect, it } from "vitest";
import { type Records, recordsFrom } from "@countersign/shared/values/records";
import { MemoryRows } from "../../../../control-plane/replay/ports/memory-rows.ts";
import { OTHER_RECORDS } from "../../../../control-plane/src/core/desk/records/other-records.ts";
import { RECORD_KINDS } from "../../../../control-plane/src/core/desk/records/record-words.ts";
import {
  type Collection,
  DESK_RECORDS,
  type DeskState,
  type RecordIn,
} from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { COLLECTIONS, EMPTY_DESK } from "../../../../control-plane/src/core/desk/state/empty-desk.ts";
import { FLEET } from "../../../../control-plane/src/core/words/subject.ts";
import type { OtherRecordKind } from "../../../../control-plane/src/core/words/unreadable-record.ts";
import type { Archive, DeskRecords } from "../../../../control-plane/src/shell/desk/desk-ports.ts";
import { DeskStore } from "../../../../control-plane/src/shell/desk/desk-store.ts";
import { PutAside } from "../../../../control-plane/src/shell/put-aside.ts";
import { DOCUMENT_SHAPES } from "../../../../control-plane/src/stored/desk-shapes.ts";

/** One of each, as far as its key asks. */
const SAMPLES: { readonly [C in Collection]: Partial<RecordIn<C>> } = {
  incidents: { incidentId: "inc_1" },
  findings: { findingId: "fnd_1", incidentId: "inc_1" },
  recurrences: { findingKey: "check-failing service host demo" },
  approvals: { approvalId: "apr_1", incidentId: "inc_1" },
  pages: { key: "inc_1:ring:1:alice", incidentId: "inc_1" },
  freezes: { scope: FLEET },
  silences: { silenceId: "sil_1" },
  standing: { standingId: "std_1" },
  asks: { requestId: "prq_1" },
  deliveries: { deliveryKey: "inc_1:ring:1:alice@push", incidentId: "inc_1" },
  channelStates: { channel: "push" },
  brokenRoutes: { channel: "push" },
  contacts: { contactKey: "alice/push" },
  sentLately: { responder: "alice" },
  testPages: { testId: "tst_1" },
  drills: { drillKey: "paging/alice" },
  shardTroubles: { shard: "shard-0" },
  censuses: { shard: "shard-0" },
  fleetHosts: { hostId: "host_1" },
  shadow: { findingId: "check-failing:demo:1" },
  shadowCounts: { reason: "check-failing" },
  unreadable: { recordKey: "desk/silence/sil_9" },
};

/** What can be looked up once it is over: whatever a link, a seal or a replay asks for. */
const ARCHIVED: readonly Collection[] = [
  "incidents",
  "findings",
  "approvals",
  "pages",
  "deliveries",
  "silences",
  "standing",
];

function storeOver(rows: MemoryRows<DeskRecords>) {
  const archived: string[] = [];
  const archive: Archive = {
    put: (kind, id) => archived.push(`${kind} ${id}`),
    standing: () => null,
    cut: () => {},
  };
  const aside = new PutAside(rows);
  return { archived, aside, store: new DeskStore(rows, archive, aside) };
}

function deskWith(collection: Collection, id: string): DeskState {
  const records: Records<object> = recordsFrom([[id, SAMPLES[collection]]]);
  return { ...EMPTY_DESK, [collection]: records };
}

function keyIn(collection: Collection): string {
  return DESK_RECORDS[collection].keyOf(SAMPLES[collection] as never);
}

describe.each(COLLECTIONS)("%s", (collection) => {
  const id = keyIn(collection);
  const state = deskWith(collection, id);
  const { kind } = DESK_RECORDS[collection];

  it("are stored under their kind and key, and loaded to the same place", () => {
    const rows = new MemoryRows<DeskRecords>();
    const { store } = storeOver(rows);
    const changed = store.save(EMPTY_DESK, state);
    expect(changed).toEqual({ ...noneChanged(), [collection]: [SAMPLES[collection]] });
    expect(rows.list(kind).map((row) => row.id)).toEqual([id]);
    expect(JSON.stringify(storeOver(rows).store.load())).toBe(JSON.stringify(state));
  });

  it("leave their row when they are over, to where they can be looked up or to nowhere", () => {
    const rows = new MemoryRows<DeskRecords>();
    const { archived, store } = storeOver(rows);
    store.save(EMPTY_DESK, state);
    store.save(state, EMPTY_DESK);
    expect(rows.list(kind)).toEqual([]);
    expect(archived).toEqual(ARCHIVED.includes(collection) ? [`${kind} ${id}`] : []);
  });

  it("are put aside when they say another key than their own", () => {
    const rows = new MemoryRows<DeskRecords>();
    const { aside, store } = storeOver(rows);
    store.save(EMPTY_DESK, deskWith(collection, "another"));
    expect(store.load()).toEqual(EMPTY_DESK);
    expect(aside.hasNoted).toBe(true);
  });
});

it("each kind has a name, a shape and words of its own", () => {
  const kinds = COLLECTIONS.map((collection) => DESK_RECORDS[collection].kind);
  const others = Object.keys(OTHER_RECORDS) as OtherRecordKind[];
  expect(new Set(kinds).size).toBe(COLLECTIONS.length);
  expect(Object.keys(DOCUMENT_SHAPES).toSorted()).toEqual(kinds.toSorted());
  expect(RECORD_KINDS.toSorted()).toEqual([...kinds, ...others].toSorted());
});

function noneChanged(): object {
  return Object.fromEntries(COLLECTIONS.map((collection) => [collection, []]));
}
