// What an act is called, as whom its command runs, and what must still be so: only what the proposal itself says.
import { describe, expect, it } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import {
  askOf,
  asWhomWords,
  conditionOf,
  doingOf,
  doneOf,
  nounOf,
  unitOf,
} from "../../../../control-plane/src/web/approvals/act-words.ts";
import { commandsFor } from "../../../../control-plane/src/web/approvals/act-words.ts";
import { PROPOSAL, UNIT_STATE } from "../../core/desk/desk-fixtures.ts";
import { anApproval } from "./an-approval.ts";

describe("what an act is called", () => {
  it.each([
    ["restart", ["restart demo", "restarting demo", "demo was restarted", "restart"]],
    [
      "clear-cache",
      [
        "run “clear-cache” for demo",
        "running “clear-cache” for demo",
        "“clear-cache” ran for demo",
        "“clear-cache”",
      ],
    ],
    // a host may call one so, and a plain object would answer
    [
      "constructor",
      [
        "run “constructor” for demo",
        "running “constructor” for demo",
        "“constructor” ran for demo",
        "“constructor”",
      ],
    ],
  ])("%s", (action, words) => {
    const act = { action, service: "demo" };
    expect([askOf(act), doingOf(act), doneOf(act), nounOf(act)]).toEqual(words);
  });
});

describe("as whom it runs", () => {
  const sudo = "/usr/bin/sudo";
  it.each<[readonly string[], string]>([
    [PROPOSAL.argv, " as root"],
    [[sudo, "/bin/x"], " as root"],
    [[sudo, "-n", "-u", "bob", "/bin/x"], " as bob"],
    [[sudo, "--user=bob", "/bin/x"], " as bob"],
    [[sudo, "-n", "--chroot=/x", "/bin/x"], " by sudo"],
    [[sudo, "-n"], " by sudo"],
    [[sudo, "-u"], " by sudo"],
    [["/opt/heal", "sudo"], " without root’s rights"],
    [["/home/x/sudo", "-n", "/bin/x"], " without root’s rights"],
    [[], " without root’s rights"],
  ])("%j: %s", (argv, words) => expect(asWhomWords(argv)).toBe(words));
});

describe("what must still be so", () => {
  it.each<[Partial<UnitState>, string | null]>([
    [{ activeState: "failed" }, "Only if it is still down and nobody started it since."],
    [{ activeState: "inactive" }, "Only if it is still down and nobody started it since."],
    [{ activeState: "active" }, "Only if it is still the same run: nobody restarted or stopped it since."],
    [
      { activeState: "activating", result: "success", subState: "start" },
      "Only if it is still the same start, and not over.",
    ],
    [
      { activeState: "activating", result: "exit-code", subState: "auto-restart" },
      "Only if it still waits to be started, and nobody started it since.",
    ],
    [{ activeState: "unknown" }, null],
  ])("%j", (unitState, words) => {
    expect(conditionOf({ unitState: { ...UNIT_STATE, ...unitState } })).toBe(words);
  });
});

describe("commands to paste", () => {
  it("have the real names", () => {
    expect(unitOf(PROPOSAL)).toBe("demo.service");
    expect(commandsFor(anApproval())).toMatchObject({ start: "ssh web-1 sudo systemctl start demo.service" });
  });

  it.each([
    ["web 1", "sudo systemctl start demo.service"],
    ["web-1;reboot", "sudo systemctl start demo.service"],
    ["-oProxyCommand=x", "sudo systemctl start demo.service"],
  ])("leave out a host's name that a shell would read as more: %s", (hostName, start) => {
    const approval = anApproval();
    expect(commandsFor({ ...approval, subject: { ...approval.subject, hostName } })?.start).toBe(start);
  });

  it.each(["x.service;reboot", "$(reboot)", "-x", "a b.service"])("are none for the unit %s", (unit) => {
    const proposal = { ...PROPOSAL, argv: [...PROPOSAL.argv.slice(0, -1), unit] };
    expect(commandsFor(anApproval({ proposal }))).toBeNull();
  });

  it("are none where nobody knows the unit", () => {
    expect(commandsFor(anApproval({ proposal: { ...PROPOSAL, argv: ["/opt/heal"] } }))).toBeNull();
  });
});
