// Which rule of sudo decides. The texts are what sudo 1.9.13 and sudo-rs 0.2.5 printed for such rules; test/system asks them anew.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findPrivilegeGap } from "../../../../edge-agent/src/core/actuator/sudo-listing.ts";
import { observingActOf } from "../../../../edge-agent/src/core/actuator/sudoers.ts";

const ACT = { argv: ["/usr/bin/systemctl", "restart", "--no-block", "web.service"], runAs: "root" };
const COMMAND = ACT.argv.join(" ");
const yes = (act = ACT) => ({ isDone: true, output: `${act.argv.join(" ")}\n` });

interface RuleText {
  readonly users?: string;
  readonly options?: string | null;
  readonly commands: readonly string[];
}

function listingOf(rules: readonly RuleText[], settings = "env_reset, use_pty"): string {
  const blocks = rules.map(({ commands, options = "!setenv, !authenticate", users = "root" }) =>
    [
      "Sudoers entry:",
      `    RunAsUsers: ${users}`,
      ...(options === null ? [] : [`    Options: ${options}`]),
      "    Commands:",
      ...commands.map((command) => `\t${command}`),
      "",
    ].join("\n"),
  );
  return `Matching Defaults entries for countersign-actuator on web-1:
    ${settings}

User countersign-actuator may run the following commands on web-1:

${blocks.join("\n")}`;
}

const OURS: RuleText = { commands: [COMMAND] };

function gapOf(rules: readonly RuleText[], act = ACT, settings?: string) {
  const listed = { isDone: true, output: listingOf(rules, settings) };
  return findPrivilegeGap(act, { allowed: yes(act), listed });
}

describe("the rule that matches last decides", () => {
  test("ours alone runs", () => {
    expect(
      gapOf([OURS, { commands: ["/usr/bin/systemctl stop web.service"], options: "authenticate" }]),
    ).toBeNull();
  });
  test.each<[string, RuleText]>([
    ["the same command", { commands: [COMMAND], options: "authenticate" }],
    ["the same command among others", { commands: ["/usr/bin/id", COMMAND], options: "authenticate" }],
    ["everything", { users: "ALL", commands: ["ALL"], options: "authenticate" }],
    ["everything of a group, without a tag", { users: "ALL", commands: ["ALL"], options: null }],
    ["the program with any arguments", { commands: ["/usr/bin/systemctl"], options: "authenticate" }],
    ["a wildcard", { commands: ["/usr/bin/systemctl restart *"], options: "authenticate" }],
    ["a wildcard for the program", { commands: ["/usr/bin/system*"], options: "authenticate" }],
    ["a regular expression", { commands: ["^/usr/bin/.*$ ^.*$"], options: "authenticate" }],
    ["a folder", { commands: ["/usr/bin/"], options: "authenticate" }],
    ["a digest", { commands: [`sha256:abc= ${COMMAND}`], options: "authenticate" }],
    ["a group of users to run as", { users: "%adm", commands: [COMMAND], options: "authenticate" }],
    ["root by number", { users: "#0", commands: [COMMAND], options: "authenticate" }],
    ["several users to run as", { users: "bob, root", commands: [COMMAND], options: "setenv, authenticate" }],
  ])("%s asks for a password", (_why, later) => {
    expect(gapOf([OURS, later])?.reason).toContain("asks for a password");
    // Before ours it does not matter.
    expect(gapOf([later, OURS])).toBeNull();
  });
  test.each<[string, RuleText]>([
    [
      "another command",
      { commands: ["/usr/bin/systemctl restart --no-block db.service"], options: "authenticate" },
    ],
    ["another program", { commands: ["/usr/bin/systemctl-x"], options: "authenticate" }],
    ["another user to run as", { users: "bob", commands: ["ALL"], options: "authenticate" }],
    ["another folder", { commands: ["/usr/sbin/"], options: "authenticate" }],
    ["no arguments", { commands: ['/usr/bin/systemctl ""'], options: "authenticate" }],
    ["what is forbidden", { commands: ["!/usr/bin/systemctl"], options: "authenticate" }],
    ["everything, without a password", { users: "ALL", commands: ["ALL"] }],
  ])("%s does not stand against it", (_why, later) => {
    expect(gapOf([OURS, later])).toBeNull();
  });
});

test("sudo prints escapes and sudo-rs none; both are the same act", () => {
  const act = { argv: ["/usr/bin/true", "a=b,c:d"], runAs: "bob" };
  for (const command of [String.raw`/usr/bin/true a\=b\,c\:d`, "/usr/bin/true a=b,c:d"])
    expect(gapOf([{ users: "bob", commands: [command] }], act)).toBeNull();
  const alone = { argv: ["/usr/bin/true"], runAs: "bob" };
  for (const command of ['/usr/bin/true ""', "/usr/bin/true"])
    expect(gapOf([{ users: "bob", commands: [command] }], alone)).toBeNull();
});

describe("what sudo-rs 0.2.5 of Debian 13 printed for `sudo -n -ll`, kept as it was", () => {
  const whole = readFileSync(join(import.meta.dirname, "sudo-rs-listing.txt"), "utf8");
  /** The last entry stood in a later file: `PASSWD:` for the restart of demo. */
  const later = whole.lastIndexOf("\nSudoers entry:");
  const restart = (...words: string[]) => ({ argv: ["/usr/bin/systemctl", ...words], runAs: "root" });
  const demo = restart("restart", "--no-block", "demo.service");
  const gapIn = (act: typeof demo, output: string) =>
    findPrivilegeGap(act, { allowed: yes(act), listed: { isDone: true, output } });

  test("our lines run, those of a user's unit too", () => {
    const look = observingActOf({ manager: "user", user: "bob", unit: "gateway.service" });
    const gateway = restart("--user", "--machine=bob@.host", "restart", "--no-block", "gateway.service");
    expect(look).not.toBeNull();
    for (const act of [demo, gateway, ...(look === null ? [] : [look])])
      expect(gapIn({ runAs: act.runAs, argv: [...act.argv] }, whole.slice(0, later))).toBeNull();
  });
  test("a later PASSWD: for one is told, though `sudo -n -l` says yes to it", () => {
    expect(gapIn(demo, whole)?.reason).toContain("a later rule of sudo asks for a password");
  });
});

test("without a tag the settings decide, the last of them", () => {
  const untagged = { commands: [COMMAND], options: null };
  expect(gapOf([untagged])?.reason).toContain("asks for a password");
  expect(gapOf([untagged], ACT, "env_reset, !authenticate")).toBeNull();
  expect(gapOf([untagged], ACT, "!authenticate, authenticate")?.reason).toContain("asks for a password");
});

describe("what cannot be read is no yes", () => {
  const refusing = (output: string) =>
    findPrivilegeGap(ACT, {
      allowed: { isDone: false, output },
      listed: { isDone: true, output: listingOf([OURS]) },
    });
  test("sudo's own no, with its reason where it says one", () => {
    expect(refusing("")?.reason).toBe("sudo does not allow it");
    for (const words of ["sudo: a password is required", "sudo-rs: interactive authentication is required"])
      expect(refusing(words)?.reason).toContain("password");
    expect(refusing("sudo: sorry, you must have a tty to run sudo")).toMatchObject({
      reason: "sudo asks for a terminal (`requiretty`), and the actuator has none",
    });
  });
  test.each([
    ["nothing", { isDone: true, output: "" }],
    ["a failure", { isDone: false, output: listingOf([OURS]) }],
    ["another language", { isDone: true, output: "Eintrag:\n    Befehle:\n\tALL" }],
    ["another command alone", { isDone: true, output: listingOf([{ commands: ["/usr/bin/id"] }]) }],
  ])("a listing of %s", (_why, listed) => {
    expect(findPrivilegeGap(ACT, { allowed: yes(), listed })?.reason).toContain("cannot be read");
  });
});

test("lines that sudo broke at 80 columns are one", () => {
  const argv = [
    "/usr/bin/systemctl",
    "--user",
    "--machine=bob@.host",
    "show",
    "--timestamp=utc",
    "gw.service",
  ];
  const act = { argv, runAs: "root" };
  const broken = argv.join(" ").replace(" --timestamp", "\n        --timestamp");
  const allowed = { isDone: true, output: `${broken}\n` };
  const listed = { isDone: true, output: listingOf([{ commands: [broken] }]) };
  expect(findPrivilegeGap(act, { allowed, listed })).toBeNull();
});
