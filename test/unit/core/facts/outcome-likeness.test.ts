// Outcomes that end alike although each says another time, host or process; and those that do not.
import { describe, expect, it } from "vitest";
import { likenessOf } from "../../../../control-plane/src/core/facts/outcome-likeness.ts";
import type { Subject } from "../../../../control-plane/src/core/words/subject.ts";

function on(hostName: string, service = "web"): Subject {
  return { kind: "service", hostId: `host_${hostName}`, hostName, service };
}

describe("outcomes are alike", () => {
  it.each([
    ["exit 1 after 31 s", "exit 1 after 29 s"],
    ["exit 1 after 31s", "exit 1 after 1.5s"],
    ["No answer  within 900ms ", "no answer within 1200 ms"],
    ["timed out after 2 minutes", "timed out after 3 minutes"],
    ["killed (pid 812)", "killed (pid 4711)"],
    ["killed: process 81234", "killed: process 4711"],
    ["failed at 2026-05-04T08:00:00Z", "failed at 2026-05-04T08:10:31.250Z"],
    ["failed at 08:00:01", "failed at 23:59"],
    ["10.0.0.1:5432 refused", "10.0.0.27:5432 refused"],
    ["request 7f3b2a91c0de4411 failed", "request 0a3b2a91c0de44aa failed"],
    ["job 123e4567-e89b-12d3-a456-426614174000 lost", "job 00000000-e89b-12d3-a456-426614174999 lost"],
    ["used 91% of memory", "used 93 % of memory"],
    ["killed at 512 MiB", "killed at 530 MiB"],
    ["attempt 3 of 5 failed", "attempt 4 of 5 failed"],
    ["retry 1/3: no answer", "retry 2/3: no answer"],
  ])("%j and %j", (left, right) => {
    expect(likenessOf(left, on("h-1"))).toBe(likenessOf(right, on("h-1")));
  });

  it("whatever host and service they name, which is theirs", () => {
    const left = likenessOf("web on db-1 did not answer", on("db-1"));
    expect(likenessOf("api on db-2.example.org did not answer", on("db-2.example.org", "api"))).toBe(left);
    expect(likenessOf("web on db-2 did not answer", on("db-1"))).not.toBe(left);
  });

  it("with names of hosts that are no patterns", () => {
    for (const name of ["a.b", "c+d", "(e", "f-g", "é_h", "[i"])
      expect(likenessOf(`${name} does not answer`, on(name))).toBe("# does not answer");
  });
});

describe("outcomes are not alike", () => {
  it.each([
    ["exit 1", "exit 2"],
    ["exit code 126", "exit code 1"],
    ["HTTP 401", "HTTP 503"],
    ["no answer", "timed out"],
    ["signal 9", "signal 15"],
    ["refused: frozen", "refused: precondition-changed"],
    ["apid failed", "webd failed"],
  ])("%j and %j", (left, right) => {
    expect(likenessOf(left, on("h-1"))).not.toBe(likenessOf(right, on("h-1")));
  });

  it("a part of a word is no name", () => {
    expect(likenessOf("webhook failed", on("h-1"))).toBe("webhook failed");
  });
});
