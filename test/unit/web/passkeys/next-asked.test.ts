// Which next list an address asks for: each kind of change, what is the same, and what nobody could sign.
import { describe, expect, it } from "vitest";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { listChanges } from "../../../../control-plane/src/web/passkeys/list-changes.ts";
import { listWarnings } from "../../../../control-plane/src/web/passkeys/list-warnings.ts";
import { levelText, nextListOf } from "../../../../control-plane/src/web/passkeys/next-asked.ts";
import { candidate, draftAfter, passkey, THREE, trustOf } from "../../../gallery/passkeys.tsx";

const DANA = candidate("dana", "Dana's Pixel");
const DRAFT = draftAfter(THREE, { threshold: 3 }, ["ben"]);
const KNOWN = { candidates: [DANA], drafts: [DRAFT] };
const ALONE = trustOf();
const idOf = (name: string) => passkey(name).credentialId;
const ADD = `add=${DANA.credential.credentialId}`;

function asked(query: string, newest: KnownTrust = THREE) {
  return nextListOf(new URLSearchParams(query), newest, KNOWN);
}

function kindsOf(query: string, newest: KnownTrust = THREE): readonly string[] {
  const next = asked(query, newest);
  return next.ok ? listChanges(newest.trust, next.value.trust).map(({ kind }) => kind) : [next.error.reason];
}

it.each([
  [ADD, ["person-added"]],
  ["removePerson=omar", ["person-removed"]],
  [`remove=${idOf("Omar's iPhone")}`, ["person-removed"]],
  [`remove=${idOf("Alice's Pixel 9")}`, ["passkey-removed"]],
  ["threshold=3", ["threshold"]],
  ["level4=2,not-asker&level5=closed", ["level", "level"]],
  [`${ADD}&removePerson=omar&threshold=1`, ["person-added", "person-removed", "threshold"]],
  [`draft=${DRAFT.hash}`, ["threshold"]],
  // a form sends all that it shows
  [
    "threshold=2&level1=desk&level2=desk&level3=closed&level4=1&level5=2,not-asker,device-bound",
    ["next-same"],
  ],
  ["", ["next-same"]],
  ["removePerson=nobody", ["next-unreadable"]],
  ["remove=AAAA", ["next-unreadable"]],
  ["threshold=0", ["next-unreadable"]],
  ["threshold=8", ["next-unreadable"]],
  ["level4=desk", ["next-unreadable"]],
  ["level4=9", ["next-unreadable"]],
  ["add=AAAA", ["candidate-unknown"]],
  ["draft=AAAA", ["draft-unknown"]],
])("%s asks for %j", (query, kinds) => {
  expect(kindsOf(query)).toEqual(kinds);
});

it("lets nobody take the last person out", () => {
  expect(kindsOf("removePerson=alice", ALONE)).toEqual(["next-nobody"]);
  expect(kindsOf(`removePerson=alice&${ADD}`, ALONE)).toEqual(["person-added", "person-removed"]);
});

it("says what would do where too few would be left", () => {
  const next = asked("removePerson=omar&removePerson=ben");
  expect(next).toMatchObject({ ok: false, error: { reason: "next-too-few", peopleCount: 1 } });
  const mended = next.ok || next.error.reason !== "next-too-few" ? "" : next.error.mended;
  expect(kindsOf(mended.replace("/passkey/next?", ""))).toEqual([
    "person-removed",
    "person-removed",
    "threshold",
    "level",
  ]);
});

it("makes the same bytes of the same address, and others after another version", () => {
  const [first, again, other] = [asked(ADD), asked(ADD), asked(ADD, ALONE)];
  expect(first).toEqual(again);
  expect(first.ok && other.ok && first.value.hash !== other.value.hash).toBe(true);
});

it("writes a rule as it reads it", () => {
  const next = asked("level4=2,not-asker,device-bound&level2=closed");
  expect(next.ok && levelText(next.value.trust.levels[4])).toBe("2,not-asker,device-bound");
  expect(next.ok && levelText(next.value.trust.levels[2])).toBe("closed");
});

describe("warns of", () => {
  function warnings(query: string, reader = "alice", newest: KnownTrust = THREE): readonly string[] {
    const next = asked(query, newest);
    if (!next.ok) return [next.error.reason];
    return listWarnings(newest.trust, next.value.trust, reader).map(({ kind }) => kind);
  }

  it.each([
    ["removePerson=omar&removePerson=ben&threshold=1&level5=1", "alice", []],
    [
      `removePerson=omar&removePerson=ben&threshold=1&level5=1&remove=${idOf("Alice's Pixel 9")}`,
      "alice",
      ["own-one", "one-passkey"],
    ],
    ["removePerson=omar&level5=1", "omar", ["own-last", "all-must-sign"]],
    ["removePerson=omar&level5=1", "alice", ["all-must-sign"]],
    ["threshold=3", "alice", ["all-must-sign", "asker-locks"]],
    ["level5=3,device-bound", "alice", ["too-few-bound"]],
    ["level4=2,not-asker&level5=1", "alice", []],
    ["level4=3,not-asker&level5=1", "alice", ["asker-locks"]],
    ["level4=closed&level5=1", "alice", ["closed"]],
  ])("%s, read by %s: %j", (query, reader, kinds) => {
    expect(warnings(query, reader)).toEqual(kinds);
  });
});
