// The writer checks what the reader will refuse: whatever a decision leaves behind must be readable by the shapes with which it is read
// again, or a healthy record would be put aside.
import { valuesOf } from "@countersign/shared/values/named";
import { DESK_RECORDS, type DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { COLLECTIONS } from "../../../control-plane/src/core/desk/state/empty-desk.ts";
import type { ShardDecision } from "../../../control-plane/src/core/shard/host/shard-events.ts";
import type { ShardState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  attachedHostOf,
  storedHostOf,
  storedShardOf,
} from "../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { readDocument } from "../../../control-plane/src/stored/desk-records.ts";
import { readStored } from "../../../control-plane/src/stored/read-stored.ts";
import {
  AttachedHostShape,
  OwnShape,
  PendingGrantShape,
  StoredHostShape,
} from "../../../control-plane/src/stored/shard-shapes.ts";
import { SignalShape } from "../../../control-plane/src/stored/signal-shape.ts";

/** One decision in so many is looked at: random histories make millions. */
const LOOKED_AT_EACH = 16;
let count = 0;

/** Throws when a record that a desk decision changed could not be read again. */
export function assertReadableDesk(before: DeskState, after: DeskState): void {
  if (!isLookedAt()) return;
  for (const collection of COLLECTIONS) {
    const { kind } = DESK_RECORDS[collection];
    const known = new Set<unknown>(before[collection].values());
    for (const [id, record] of after[collection].entries()) {
      if (known.has(record)) continue;
      const read = readDocument(kind, id, JSON.stringify(record));
      if (!read.ok) throw new Error(`a ${kind} could not be read again: ${read.error.problem}`);
    }
  }
}

/** Throws when what a shard decision stores or says could not be read again. */
export function assertReadableShard(before: ShardState, decision: ShardDecision): void {
  if (isLookedAt()) checkReadableShard(before, decision);
}

/** The same for each decision, where a test makes few. */
export function checkReadableShard(before: ShardState, { effects, state }: ShardDecision): void {
  for (const host of state.hosts.values()) {
    if (before.hosts.get(host.hostId) === host) continue;
    check("host", storedHostOf(host), StoredHostShape);
    if (host.connection !== null) check("socket", attachedHostOf(host), AttachedHostShape);
  }
  for (const grant of valuesOf(state.grants)) check("grant", grant, PendingGrantShape);
  check("shard's state", storedShardOf(state), OwnShape);
  for (const effect of effects) if (effect.kind === "signal") check("signal", effect.signal, SignalShape);
}

function isLookedAt(): boolean {
  count += 1;
  return count % LOOKED_AT_EACH === 0;
}

function check(what: string, value: unknown, shape: Parameters<typeof readStored>[1]): void {
  const read = readStored(JSON.stringify(value), shape);
  if (!read.ok) throw new Error(`a ${what} could not be read again: ${read.error.problem}`);
}
