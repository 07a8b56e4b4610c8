// A released protocol version never changes: its examples are compared with the hashes checked in beside them.
// Who must change a fixture makes a new version, with a new folder, and keeps this one.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "@countersign/shared/values/digest";
import { SIGNING_VERSION } from "@countersign/shared/wire/protocol";
import { fixturesRoot } from "./fixtures.ts";

const versions = Array.from({ length: SIGNING_VERSION }, (_, index) => index + 1);

describe.each(versions)("protocol version %i", (version) => {
  const root = fixturesRoot(version);
  const frozen = readFileSync(join(root, "FROZEN.txt"), "utf8").trim().split("\n");

  it("has exactly the frozen files", () => {
    const present = readdirSync(root).filter((name) => name !== "FROZEN.txt");
    expect(frozen.map((line) => line.slice(66))).toEqual(present.sort());
  });

  it.each(frozen)("%s", (line) => {
    expect(`${sha256Hex(readFileSync(join(root, line.slice(66))))}  ${line.slice(66)}`).toBe(line);
  });
});
