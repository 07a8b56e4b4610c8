// Failed attempts by source: both sides of the count, the window and the number of sources; and what makes two addresses one source.
import { describe, expect, it } from "vitest";
import { addressGroupOf } from "../../../../control-plane/src/core/doors/address-group.ts";
import {
  FAILED_ATTEMPTS_MAX,
  FAILED_ATTEMPTS_WINDOW_MS,
  FAILED_SOURCES_MAX,
  FailedAttempts,
} from "../../../../control-plane/src/core/doors/failed-attempts.ts";

const NOW = 1_000_000_000_000;

function failing(times: number, now = NOW): FailedAttempts {
  const attempts = new FailedAttempts();
  for (let time = 0; time < times; time += 1) attempts.note("a", now);
  return attempts;
}

describe("failed attempts", () => {
  it("are too many at the bound and not one before it, for that source alone", () => {
    expect(failing(FAILED_ATTEMPTS_MAX - 1).isOver("a", NOW)).toBe(false);
    expect(failing(FAILED_ATTEMPTS_MAX).isOver("a", NOW)).toBe(true);
    expect(failing(FAILED_ATTEMPTS_MAX).isOver("b", NOW)).toBe(false);
  });

  it("are forgotten with their window, also by a clock that was set back", () => {
    const attempts = failing(FAILED_ATTEMPTS_MAX);
    expect(attempts.isOver("a", NOW + FAILED_ATTEMPTS_WINDOW_MS - 1)).toBe(true);
    expect(attempts.isOver("a", NOW + FAILED_ATTEMPTS_WINDOW_MS)).toBe(false);
    expect(attempts.isOver("a", NOW - FAILED_ATTEMPTS_WINDOW_MS)).toBe(false);
  });

  it("count from the first of a window, so that going on does not keep it open", () => {
    const attempts = failing(FAILED_ATTEMPTS_MAX - 1);
    attempts.note("a", NOW + FAILED_ATTEMPTS_WINDOW_MS - 1);
    expect(attempts.isOver("a", NOW + FAILED_ATTEMPTS_WINDOW_MS)).toBe(false);
  });

  it("are too many when somebody who sees more says so", () => {
    const attempts = new FailedAttempts();
    attempts.bar("a", NOW);
    expect(attempts.isOver("a", NOW)).toBe(true);
    expect(attempts.isOver("a", NOW + FAILED_ATTEMPTS_WINDOW_MS)).toBe(false);
  });

  it("of a bounded number of sources are remembered, the newest", () => {
    const attempts = failing(FAILED_ATTEMPTS_MAX);
    for (let source = 0; source < FAILED_SOURCES_MAX - 1; source += 1) attempts.note(`s${source}`, NOW);
    expect(attempts.isOver("a", NOW)).toBe(true);
    attempts.note("one more", NOW);
    expect(attempts.isOver("a", NOW)).toBe(false);
  });
});

describe("an address's group", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::ffff:cb00:7107", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "20010db800010002/64"],
    ["2001:0DB8:0001:0002::9", "20010db800010002/64"],
    ["2001:db8::1", "20010db800000000/64"],
    ["::1", "0000000000000000/64"],
    ["::", "0000000000000000/64"],
    ["1:2:3:4:5:6:7::", "0001000200030004/64"],
  ])("of %s is %s", (address, group) => {
    expect(addressGroupOf(address)).toBe(group);
  });

  it.each([
    [null],
    [""],
    ["localhost"],
    ["constructor"],
    ["1.2.3"],
    ["1.2.3.256"],
    ["1:2:3:4:5:6:7"],
    ["1::2::3"],
    ["1:2:3:4:5:6:7:8:9"],
    ["1:2:3:4:5:6:7:8::"],
    ["12345::"],
    ["a".repeat(10_000)],
  ])("of %s is that of all who state none", (address) => {
    expect(addressGroupOf(address)).toBe("unknown");
  });
});
