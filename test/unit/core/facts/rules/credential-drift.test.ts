// `credential-drift`: what counts as another file, what does not, and the two ways in which it ends.
import { describe, expect, it } from "vitest";
import { credentialDrift } from "../../../../../control-plane/src/core/facts/rules/credential-drift.ts";
import { CREDENTIALS_MAX } from "../../../../../control-plane/src/core/facts/rules/credential-expiring.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, MINUTE_MS } from "../fact-driver.ts";

type Credential = Extract<FactBody, { kind: "credential" }>;

const LINK: Credential = {
  kind: "credential",
  credential: "claude",
  fileKind: "symlink",
  owner: "bob",
  linkTarget: ".credentials.json.bob",
  expiresAt: null,
};
const FILE: Credential = { ...LINK, fileKind: "file", linkTarget: null };
const ACCEPTED: FactBody = { kind: "credential-use", credential: "claude", isAccepted: true, detail: "" };
const REJECTED: FactBody = { ...ACCEPTED, isAccepted: false };

function drive(...facts: readonly FactBody[]) {
  const rule = driveRule(credentialDrift);
  for (const [index, fact] of facts.entries()) rule.take(index * MINUTE_MS, fact);
  return rule;
}

const END_MS = 60 * MINUTE_MS;

describe("credential-drift", () => {
  it.each([
    { name: "the symlink became a file (seed 002)", to: FILE, fires: true },
    { name: "another owner", to: { ...LINK, owner: "root" }, fires: true },
    { name: "another link target", to: { ...LINK, linkTarget: ".credentials.json.alice" }, fires: true },
    { name: "it is missing", to: { ...LINK, fileKind: "missing" as const }, fires: true },
    { name: "another expiry only", to: { ...LINK, expiresAt: START_AT }, fires: false },
    { name: "the same", to: LINK, fires: false },
    { name: "another credential", to: { ...FILE, credential: "gemini" }, fires: false },
  ])("$name: fires $fires", ({ to, fires }) => {
    expect(drive(LINK, to).findingAt(END_MS) !== null).toBe(fires);
  });

  it("says what it was and what it is, and that a restart is pointless", () => {
    const rule = drive(LINK, FILE);
    expect(rule.findingAt(END_MS)).toMatchObject({
      severity: "error",
      title: "Credential files of web on web-1 are not what they were: claude",
      happenedAt: START_AT + MINUTE_MS,
      isRestartPointless: true,
    });
    expect(rule.textsAt(END_MS)).toEqual([
      "claude was a symlink of bob to .credentials.json.bob",
      "claude is a regular file of bob",
    ]);
  });

  it("ends when the file returns to what it was", () => {
    const rule = drive(LINK, FILE, { ...FILE, owner: "root" }, LINK);
    expect(rule.findingAt(END_MS)).toBeNull();
  });

  it("ends, and takes the new shape for the accepted one, when the credential is accepted in it", () => {
    const rule = drive(LINK, FILE, ACCEPTED);
    expect(rule.findingAt(END_MS)).toBeNull();
    rule.take(END_MS, LINK);
    expect(rule.textsAt(END_MS)).toEqual([
      "claude was a regular file of bob",
      "claude is a symlink of bob to .credentials.json.bob",
    ]);
  });

  it.each([
    { name: "a rejection", facts: [LINK, FILE, REJECTED] },
    { name: "an acceptance of before", facts: [LINK, ACCEPTED, FILE] },
    {
      name: "the acceptance of another credential",
      facts: [LINK, FILE, { ...ACCEPTED, credential: "gemini" }],
    },
  ])("does not end by $name", ({ facts }) => {
    expect(drive(...facts).findingAt(END_MS)).not.toBeNull();
  });

  it.each([
    { atMs: MINUTE_MS, fires: true },
    { atMs: MINUTE_MS + 1, fires: false },
  ])("accepted at $atMs ms, changed at one minute: fires $fires", ({ atMs, fires }) => {
    const rule = drive(LINK, FILE);
    rule.take(atMs, ACCEPTED);
    expect(rule.findingAt(END_MS) !== null).toBe(fires);
  });

  it("keeps its memory small, and the same when nothing changed", () => {
    const rule = drive(LINK, FILE);
    const before = rule.slice();
    rule.take(END_MS, FILE);
    rule.take(END_MS, REJECTED);
    expect(rule.slice()).toBe(before);
    for (let index = 0; index < 50; index += 1) rule.take(END_MS, { ...FILE, credential: `c-${index}` });
    expect(rule.slice()).toHaveLength(CREDENTIALS_MAX);
  });
});
