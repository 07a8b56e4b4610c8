// What checks did costs no row: it is in the socket as far as there is room, and in a row that something else made
// necessary.
import { describe, expect, it } from "vitest";
import { namedAt, valuesOf } from "@countersign/shared/values/named";
import { QUARTER_MS } from "../../../../../control-plane/src/core/shard/host/check-past.ts";
import type { HostState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  attachmentOf,
  hostFrom,
  PAST_BYTES_MAX,
  planHostRows,
} from "../../../../../control-plane/src/core/shard/kept/host-rows.ts";
import { pastWithin } from "../../../../../control-plane/src/core/shard/kept/past-within.ts";
import type { StoredHost } from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { readStored } from "../../../../../control-plane/src/stored/read-stored.ts";
import { AttachedHostShape, StoredHostShape } from "../../../../../control-plane/src/stored/shard-shapes.ts";
import { driveUpHost, hostWrites, reportWith, resultWith, WEB_1 } from "../shard-driver.ts";

const bytesOf = (value: unknown) => JSON.stringify(value).length;

function withoutPast({ past: _past, ...row }: StoredHost): StoredHost {
  return row;
}

/** A host of which as much is remembered as can be, by names as long as they may be. */
function drivenLong(): HostState {
  const shard = driveUpHost();
  for (let day = 0; day < 96; day += 1) {
    for (let count = 0; count < 32; count += 1) {
      const results = Array.from({ length: 8 }, (_, index) =>
        resultWith({ check: `c-${index}-${"x".repeat(58)}`, latencyMs: 5, finishedAt: shard.now() }),
      );
      const service = `s-${count}-${"x".repeat(56)}`;
      shard.send({
        kind: "reported",
        hostId: WEB_1,
        digest: false,
        services: [{ ...reportWith({ run: count }), service, results }],
      });
    }
    shard.skip(QUARTER_MS);
  }
  return shard.host();
}

describe("what the checks of a healthy host did", () => {
  it("writes no row, whatever it answers, and is in the socket all the same", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    const before = shard.state();
    for (let quarter = 0; quarter < 96; quarter += 1) {
      shard.advance(QUARTER_MS);
      shard.report({}, true);
    }
    expect(hostWrites(before, shard.state(), shard.now())).toEqual([]);
    const attached = attachmentOf(shard.host(), undefined);
    expect(attached?.past).toEqual(shard.host().past);
  });

  it("is in a row that something else makes necessary, and comes back from it without a socket", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    const before = shard.state();
    shard.advance(5_000);
    shard.report({ status: "fail" });
    const known = { rowOf: () => undefined, now: shard.now() };
    const [row] = planHostRows(before, shard.state(), known) as readonly [StoredHost];
    expect(row.past).toEqual(shard.host().past);
    const read = readStored<StoredHost>(JSON.stringify(row), StoredHostShape);
    expect(read.ok && hostFrom(read.value, null).past).toEqual(shard.host().past);
    const attached = attachmentOf(shard.host(), row);
    const host = hostFrom(withoutPast(row), { attached: attached!, lastSeenAt: shard.now() });
    expect(host.past).toEqual(shard.host().past);
    expect(attached?.unsaved).toBeUndefined();
  });

  it(`takes ${PAST_BYTES_MAX} bytes of a socket at most, and less where there is no room`, () => {
    const host = drivenLong();
    const attached = attachmentOf(host, undefined)!;
    expect(attached.past === undefined ? 0 : bytesOf(attached.past)).toBeLessThanOrEqual(PAST_BYTES_MAX);
    expect(bytesOf(attached)).toBeLessThanOrEqual(15_500);
    expect(readStored(JSON.stringify(attached), AttachedHostShape).ok).toBe(true);
  });

  it.each([0, 119, 120, 400, 1_000, 2_500, PAST_BYTES_MAX])("is cut to %d bytes", (room) => {
    const past = pastWithin(drivenLong().past!, room);
    if (past === null) expect(room).toBeLessThan(120);
    else expect(bytesOf(past)).toBeLessThanOrEqual(room);
  });

  it("loses answer times before instants", () => {
    const shard = driveUpHost();
    shard.report({}, true);
    const { past } = shard.host();
    const cut = pastWithin(past!, 245)!;
    const [check] = valuesOf(namedAt(cut.services, "web")!);
    expect([check?.sinceAt, check?.answers]).toEqual([shard.now(), undefined]);
  });
});
