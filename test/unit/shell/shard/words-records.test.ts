// What a shard keeps of last words: bounded by services, gone with the service, the host and time, and never more than a host's budget.
import { describe, expect, it } from "vitest";
import {
  HOST_WORDS_BURST_MAX,
  HOST_WORDS_PER_MINUTE_MAX,
  LAST_WORDS_AGE_MAX_MS,
} from "@countersign/shared/values/limits";
import type { LastWords } from "@countersign/shared/wire/last-words";
import { MemoryRows } from "../../../../control-plane/replay/ports/memory-rows.ts";
import { HostBudgets } from "../../../../control-plane/src/shell/shard/host-budgets.ts";
import type { ShardRecords } from "../../../../control-plane/src/shell/shard/shard-ports.ts";
import { WordsRecords } from "../../../../control-plane/src/shell/shard/words-records.ts";
import { START_AT, WEB_1 } from "../../core/shard/shard-driver.ts";

const OTHER = `${WEB_1.slice(0, -1)}0`;

function recordsOf() {
  const rows = new MemoryRows<ShardRecords>();
  rows.make();
  return { rows, records: new WordsRecords(rows) };
}

const said = (service: string, line = "bye"): LastWords => ({
  service,
  at: START_AT,
  occasion: "failed",
  exit: { code: "exited", status: 1 },
  lines: [line],
  isCut: false,
});

describe("the last words of hosts", () => {
  it("are given of one host, and of the services that are asked for", () => {
    const { records } = recordsOf();
    records.keep(WEB_1, said("web"), START_AT);
    records.keep(WEB_1, said("worker"), START_AT);
    records.keep(OTHER, said("web", "another's"), START_AT);
    const lines = (services: readonly string[] | null) =>
      records.of(WEB_1, services, START_AT).map(({ lines: [line], service }) => [service, line]);
    expect(lines(null)).toEqual([
      ["web", "bye"],
      ["worker", "bye"],
    ]);
    expect(lines(["worker", "nobody"])).toEqual([["worker", "bye"]]);
    expect(lines([])).toEqual([]);
  });

  it("go with the service, and with the host", () => {
    const { records, rows } = recordsOf();
    for (const service of ["web", "worker", "web-2"]) records.keep(WEB_1, said(service), START_AT);
    records.keep(OTHER, said("worker"), START_AT);
    records.keepOnly(WEB_1, ["web", "web-2"]);
    expect(records.of(WEB_1, null, START_AT).map(({ service }) => service)).toEqual(["web", "web-2"]);
    records.dropAll(WEB_1);
    expect(rows.list("words").map(({ id }) => id)).toEqual([`${OTHER}/worker`]);
  });

  it("go when they are old, part by part, also of a host that is not heard any more", () => {
    const { records, rows } = recordsOf();
    for (let index = 0; index < 100; index += 1)
      records.keep(`host_${String(index).padStart(32, "0")}`, said("web"), START_AT);
    records.keep(OTHER, said("web"), START_AT + 1);
    const now = START_AT + LAST_WORDS_AGE_MAX_MS;
    records.expire(now);
    records.expire(now);
    expect(rows.list("words").map(({ id }) => id)).toEqual([`${OTHER}/web`]);
    // From the beginning again.
    records.expire(now + 1);
    expect(rows.list("words")).toEqual([]);
  });
});

it("a host has so many kept at once, and so many a minute for good", () => {
  const budgets = new HostBudgets();
  const drawn = (hostId: string, at: number) =>
    Array.from({ length: HOST_WORDS_BURST_MAX + 1 }, () => budgets.drawWords(hostId, at)).filter(Boolean)
      .length;
  expect(drawn(WEB_1, START_AT)).toBe(HOST_WORDS_BURST_MAX);
  expect(drawn(WEB_1, START_AT + 60_000)).toBe(HOST_WORDS_PER_MINUTE_MAX);
  expect(drawn(OTHER, START_AT)).toBe(HOST_WORDS_BURST_MAX);
});
