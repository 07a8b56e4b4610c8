// Whether an agent is old: against the version that this control plane was built with.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../../../control-plane/src/version.ts";
import { agentAgeOf, agentAgeText } from "../../../../control-plane/src/web/hosts/agent-age.ts";

describe("an agent", () => {
  it.each([
    ["0.1.0", "0.1.0", "same"],
    ["0.1.0", "0.2.0", "older"],
    ["0.9.9", "0.10.0", "older"],
    ["1.0.0", "0.10.3", "newer"],
    ["0.2.1", "0.2.0", "newer"],
    ["", "0.1.0", "unknown"],
    ["dev", "0.1.0", "unknown"],
    ["0.1", "0.1.0", "unknown"],
    ["0.1.0-rc.1", "0.1.0", "unknown"],
  ] as const)("of version %j beside a desk of %s is %s", (theirs, ours, age) => {
    expect(agentAgeOf(theirs, ours)).toBe(age);
    expect(agentAgeText(age)).not.toBe("");
  });

  it("is compared with the version of this workspace", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
    expect(VERSION).toBe(version);
  });
});
