// What a reason means for one incident, for every reason and whatever names hosts and services have: two sentences without a
// placeholder, and commands that a shell reads as they are meant.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAGE_REASONS } from "../../../../control-plane/src/core/words/reason-kinds.ts";
import { generalText, meaningOf } from "../../../../control-plane/src/web/runbooks/meaning.ts";
import { runbookOf } from "../../../../control-plane/src/web/runbooks/runbooks.ts";
import { commandOf, shellWord } from "../../../../control-plane/src/web/runbooks/shell-command.ts";

const NGINX = { service: "nginx", host: "web-1", unit: "nginx.service", isOfMany: false };
const NOBODY = { service: null, host: null, unit: null, isOfMany: false };
const ODD = [
  "it's",
  '"; rm -rf / #',
  "$(reboot)",
  "`reboot`",
  "a b",
  "-rf",
  "a\nreboot",
  "a\u202eb",
  "",
  "HOST",
  "UNIT",
  "x".repeat(500),
  "ünï-ködé",
];
const said = (parts: ReturnType<typeof meaningOf>["sentences"]) => parts.map(({ text }) => text).join("");

describe.each(PAGE_REASONS)("%s", (reason) => {
  it("means two whole sentences, about whom it is", () => {
    for (const names of [NGINX, NOBODY, { ...NOBODY, service: "app", isOfMany: true }]) {
      const text = said(meaningOf(reason, names).sentences);
      expect(text.length).toBeGreaterThan(60);
      expect(text).toMatch(/^[\p{Lu}\p{Ll}].*\.$/su);
      expect(text).not.toMatch(/\b(?:SERVICE|HOST|UNIT)\b|`|\*\*|\]\(/);
      expect(text.match(/[.]( |$)/g)).toHaveLength(2);
    }
    expect(generalText(runbookOf(reason) ?? "").slice(0, 400)).not.toMatch(/\b(?:SERVICE|HOST|UNIT)\b/);
  });

  it("leaves no placeholder in a command, and changes nothing", () => {
    for (const command of meaningOf(reason, NGINX).commands) {
      expect(command).not.toMatch(/\b[A-Z][A-Z_-]+\b/);
      expect(command).not.toMatch(
        /^(?:sudo )?(?:systemctl (?:stop|restart|edit)|rm|touch)\b|enroll|wrangler/,
      );
    }
  });

  it("puts a name into a command only where it stays one word", () => {
    for (const name of ODD)
      for (const command of meaningOf(reason, { ...NGINX, service: name, host: name, unit: name }).commands) {
        expect(command).not.toContain("\n");
        expect(command).not.toContain("\u202e");
      }
  });
});

it("begins with the way to the host", () => {
  expect(meaningOf("check-failing", NGINX).commands).toEqual([
    "ssh web-1",
    "systemctl status nginx.service",
    "journalctl -u nginx.service -n 100",
    "systemctl show nginx.service -p NRestarts,InvocationID,Result",
  ]);
  expect(said(meaningOf("check-failing", NGINX).sentences)).toContain("nginx on web-1 has failed its check");
});

it("leads to one of many hosts, offers no restart for them, and no command without a host", () => {
  const many = { service: "app", host: null, unit: null, isOfMany: true };
  const { commands, sentences } = meaningOf("check-failing", { ...many, lookOn: "app-02" });
  expect(commands.slice(0, 2)).toEqual(["ssh app-02", "systemctl status app"]);
  expect(said(sentences)).not.toContain("restart");
  for (const reason of PAGE_REASONS) expect(meaningOf(reason, many).commands).toEqual([]);
});

it("a shell reads a word as the name that it is, or there is no word", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...ODD)), (name) => {
      const word = shellWord(name);
      if (word === null) return;
      expect(execFileSync("sh", ["-c", `printf %s ${word}`], { encoding: "utf8" })).toBe(name);
    }),
    { numRuns: 60 },
  );
});

it.each([
  ['grep "UNIT"', "it's", null],
  ['grep "UNIT"', "nginx", 'grep "nginx"'],
  ["journalctl -u UNIT # why", "a b", "journalctl -u 'a b'"],
  ["stat PATH", "nginx", null],
  ["ssh HOST uptime", "nginx", null],
])("%s with %s", (line, unit, command) => {
  expect(commandOf(line, { unit, host: null, service: null })).toBe(command);
});
