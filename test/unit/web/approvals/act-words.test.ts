// What an act is called, and what must still be so: only what the proposal itself says.
import { describe, expect, it } from "vitest";
import type { Precondition } from "@countersign/shared/wire/proposal";
import {
  askOf,
  conditionOf,
  doingOf,
  doneOf,
  nounOf,
  unitOf,
} from "../../../../control-plane/src/web/approvals/act-words.ts";
import { commandsFor } from "../../../../control-plane/src/web/approvals/act-words.ts";
import { PROPOSAL } from "../../core/desk/desk-fixtures.ts";
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

describe("what must still be so", () => {
  const SEEN = {
    activeState: "failed",
    invocationId: "1".repeat(32),
    result: "exit-code",
    isStarting: false,
  } as const;
  it.each<[Partial<Precondition>, string | null]>([
    [{ activeState: "failed" }, "Only if it is still down and nobody started it since."],
    [{ activeState: "inactive" }, "Only if it is still down and nobody started it since."],
    [{ activeState: "active" }, "Only if it is still the same run: nobody restarted or stopped it since."],
    [{ activeState: "activating", isStarting: true }, "Only if it is still the same start, and not over."],
    [
      { activeState: "activating", isStarting: false },
      "Only if it still waits to be started, and nobody started it since.",
    ],
    [{ activeState: "unknown" }, null],
  ])("%j", (given, words) => {
    expect(conditionOf({ precondition: { ...SEEN, ...given } })).toBe(words);
  });

  it("is nothing, where its unit cannot be seen", () => {
    expect(conditionOf({ precondition: null })).toBeNull();
  });
});

describe("commands to paste", () => {
  it("have the real names", () => {
    expect(unitOf(PROPOSAL)).toBe("demo.service");
    expect(commandsFor(anApproval())).toMatchObject({ start: "ssh web-1 sudo systemctl start demo.service" });
  });

  it("are for the systemd of the user whose unit it is", () => {
    const argv = [
      "/usr/bin/sudo",
      "-n",
      "/usr/bin/systemctl",
      "--user",
      "--machine=bob@.host",
      "restart",
      "--no-block",
      "openclaw-gateway.service",
    ];
    expect(commandsFor(anApproval({ proposal: { ...PROPOSAL, argv } }))).toEqual({
      status: "ssh web-1 sudo systemctl --user --machine=bob@.host status openclaw-gateway.service",
      journal: "ssh web-1 sudo journalctl _SYSTEMD_USER_UNIT=openclaw-gateway.service -n 30 --no-pager",
      start: "ssh web-1 sudo systemctl --user --machine=bob@.host start openclaw-gateway.service",
      resetFailed:
        "ssh web-1 sudo systemctl --user --machine=bob@.host reset-failed openclaw-gateway.service",
    });
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
