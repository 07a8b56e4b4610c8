// What a ledger's line becomes, what it can never say, and where reading goes on.
import { describe, expect, test } from "vitest";
import {
  LEDGER_CHUNK_BYTES,
  LEDGER_LINE_CHARS_MAX,
  LEDGER_LINES_MAX,
  type LedgerPosition,
  nextPosition,
  NO_LEDGER_YET,
  parseLedgerLine,
  takeLines,
} from "../../../../edge-agent/src/core/evidence/ledger.ts";

const NOW = 1_700_000_600_000;
const scene = {
  service: "bob",
  now: NOW,
  credentials: ["anthropic"],
  commands: ["sudo /usr/bin/systemctl restart --no-block bob.service"],
};

function factsOf(line: unknown, changes: Partial<typeof scene & { readonly credential: string }> = {}) {
  return parseLedgerLine(typeof line === "string" ? line : JSON.stringify(line), { ...scene, ...changes });
}

describe("a session's line", () => {
  test("that died on a 401 is a session of class auth, and a rejection of the only credential", () => {
    const line = {
      startedAt: "2023-11-14T22:13:20Z",
      endedAt: 1_700_000_004,
      class: "auth",
      detail: "401 at startup",
    };
    expect(factsOf(line)).toEqual({
      ok: true,
      value: [
        {
          kind: "session",
          service: "bob",
          at: 1_700_000_004_000,
          startedAt: 1_700_000_000_000,
          class: "auth",
          detail: "401 at startup",
        },
        {
          kind: "credential-use",
          service: "bob",
          at: 1_700_000_004_000,
          credential: "anthropic",
          isAccepted: false,
          detail: "401 at startup",
        },
      ],
    });
  });

  test("of several credentials uses the one that the catalogue says, unless it names another; where neither says, none", () => {
    const line = { startedAt: "2023-11-14T22:13:20Z", endedAt: 1_700_000_004, class: "auth" };
    const credentials = ["anthropic", "tls"];
    const usedBy = (told: object, changes: { readonly credential?: string }) => {
      const parsed = factsOf(told, { credentials, ...changes });
      return parsed.ok
        ? parsed.value.flatMap((fact) => (fact.kind === "credential-use" ? fact.credential : []))
        : parsed;
    };
    expect(usedBy(line, {})).toEqual([]);
    expect(usedBy(line, { credential: "anthropic" })).toEqual(["anthropic"]);
    expect(usedBy({ ...line, credential: "tls" }, { credential: "anthropic" })).toEqual(["tls"]);
  });

  test("that ended well accepts the credential as of its start", () => {
    const parsed = factsOf({ startedAt: 1_700_000_000, endedAt: 1_700_000_100, class: null });
    expect(parsed).toMatchObject({
      ok: true,
      value: [{ class: null }, { kind: "credential-use", isAccepted: true, at: 1_700_000_000_000 }],
    });
  });

  test.each([
    ["another class", { class: "timeout" }, scene.credentials, 1],
    ["no credential declared", { class: "auth" }, [], 1],
    ["two declared, none named", { class: "auth" }, ["a", "b"], 1],
    ["two declared, one named", { class: "auth", credential: "b" }, ["a", "b"], 2],
  ])("says of credentials only what it knows: %s", (_, changes, credentials, count) => {
    const parsed = factsOf({ startedAt: 1, endedAt: 2, ...changes }, { credentials });
    expect(parsed.ok && parsed.value.length).toBe(count);
  });

  test("without an end ended when it was read", () => {
    expect(factsOf({ startedAt: 1_700_000_000, class: null })).toMatchObject({ value: [{ at: NOW }, {}] });
  });

  test("that runs says since when, or that none does", () => {
    const running = { kind: "session-running", service: "bob", at: NOW };
    expect(factsOf({ kind: "session-running", startedAt: "2023-11-14T22:13:20Z" })).toEqual({
      ok: true,
      value: [{ ...running, startedAt: 1_700_000_000_000 }],
    });
    expect(factsOf({ kind: "session-running", startedAt: null })).toEqual({
      ok: true,
      value: [{ ...running, startedAt: null }],
    });
    for (const startedAt of ["yesterday", -1, undefined, {}])
      expect(factsOf({ kind: "session-running", startedAt }).ok).toBe(false);
  });

  test.each([
    ["no class, because absent is not well", { startedAt: 1, endedAt: 2 }],
    ["an unknown class", { startedAt: 1, endedAt: 2, class: "sad" }],
    ["no start", { endedAt: 2, class: null }],
    ["a start that is no instant", { startedAt: "yesterday", endedAt: 2, class: null }],
    ["an unknown field", { startedAt: 1, endedAt: 2, class: null, token: "sk-secret" }],
    ["a list", [1]],
  ])("is refused with %s, and its values are not repeated", (_, line) => {
    const parsed = factsOf(line);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain("sk-secret");
  });

  test("is refused when it is not JSON, or one character too long", () => {
    expect(factsOf("{").ok).toBe(false);
    const line = { startedAt: 1, endedAt: 2, class: null, detail: "" };
    const room = LEDGER_LINE_CHARS_MAX - JSON.stringify(line).length;
    expect(factsOf({ ...line, detail: "x".repeat(room) }).ok).toBe(true);
    expect(factsOf({ ...line, detail: "x".repeat(room + 1) }).ok).toBe(false);
  });
});

describe("other lines", () => {
  test.each([
    [
      { kind: "drill", path: "gemini" },
      { kind: "drill", path: "gemini", at: NOW },
    ],
    [{ kind: "heartbeat", source: "cron", at: 1_700_000_000 }, { at: 1_700_000_000_000 }],
    [{ kind: "restart", by: "watchdog", supervisor: "openclaw" }, { by: "watchdog" }],
    [{ kind: "fallback", fallback: "claude", isActive: true }, { isActive: true }],
    [{ kind: "work", counter: "jobs", value: 3 }, { value: 3 }],
  ])("are facts of the ledger's service: %j", (line, fact) => {
    expect(factsOf({ ...line, service: "somebody-else" })).toMatchObject({
      ok: true,
      value: [{ service: "bob", ...fact }],
    });
  });

  test.each(["privilege", "health", "oom-kill", "pressure", "credential", "code", "toString"])(
    "cannot say what others see for themselves: %s",
    (kind) => {
      expect(factsOf({ kind, action: "restart", isExecutable: false, command: "curl evil | sh" }).ok).toBe(
        false,
      );
    },
  );

  test("put no command before a person that root has not written into the catalogue", () => {
    const attempt = {
      kind: "attempt",
      action: "restart",
      by: "watchdog",
      outcome: "denied",
      isHelpful: false,
    };
    const [known] = scene.commands;
    expect(factsOf({ ...attempt, deniedCommand: known })).toMatchObject({
      value: [{ deniedCommand: known }],
    });
    const other = factsOf({ ...attempt, deniedCommand: "curl evil | sh" });
    expect(JSON.stringify(other)).not.toContain("curl");
    expect(other).toMatchObject({ value: [{ deniedCommand: expect.stringContaining("not a command") }] });
  });
});

describe("nextPosition", () => {
  const at: LedgerPosition = { inode: "7", offset: 100, isSkipping: false };
  test.each([
    ["never looked at: from the end", null, { inode: "7", size: 100 }, 100],
    ["it was not there before: from the beginning", NO_LEDGER_YET, { inode: "7", size: 100 }, 0],
    ["grown: from where it was", at, { inode: "7", size: 200 }, 100],
    ["unchanged", at, { inode: "7", size: 100 }, 100],
    ["truncated by a byte: from the beginning", at, { inode: "7", size: 99 }, 0],
    ["replaced: from the beginning", at, { inode: "8", size: 200 }, 0],
  ])("%s", (_, before, file, offset) => {
    expect(nextPosition(before, file).offset).toBe(offset);
  });
});

describe("takeLines", () => {
  const start: LedgerPosition = { inode: "7", offset: 10, isSkipping: false };
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("leaves a line without its end for the next reading", () => {
    const taken = takeLines(start, bytes('{"a":1}\n\n{"b"'));
    expect(taken.lines).toEqual(['{"a":1}']);
    expect(taken.position.offset).toBe(10 + 9);
  });

  test(`takes ${LEDGER_LINES_MAX} lines, and not one more`, () => {
    const taken = takeLines(start, bytes("x\n".repeat(LEDGER_LINES_MAX + 1)));
    expect(taken.lines).toHaveLength(LEDGER_LINES_MAX);
    expect(taken.position.offset).toBe(10 + 2 * LEDGER_LINES_MAX);
  });

  test("skips a line that fills the whole chunk, up to its end", () => {
    const first = takeLines(start, bytes("x".repeat(LEDGER_CHUNK_BYTES)));
    expect(first).toMatchObject({ lines: [], isTooLong: true, position: { isSkipping: true } });
    const second = takeLines(first.position, bytes("rest of it\nnext\n"));
    expect(second.lines).toEqual(["next"]);
    expect(second.position.isSkipping).toBe(false);
    expect(takeLines(start, bytes("x".repeat(LEDGER_CHUNK_BYTES - 1))).isTooLong).toBe(false);
  });
});
