// The privilege audit: what the actuator finds, what the agent tells of it, and what a wrapper writes of a session's end.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { auditActions } from "../../../../edge-agent/src/actuator/audit.ts";
import { parseLedgerLine } from "../../../../edge-agent/src/core/evidence/ledger.ts";
import {
  classOfEnd,
  parseExitClasses,
  sessionLine,
} from "../../../../edge-agent/src/core/evidence/session-class.ts";
import { parseInstant } from "../../../../edge-agent/src/core/instant-text.ts";
import { privilegesOf } from "../../../../edge-agent/src/evidence/privilege-audit.ts";

const catalogue = Catalogue.parse({
  version: 1,
  services: [
    {
      name: "web",
      unit: "web.service",
      checks: [{ name: "unit", kind: "unit" }],
      actions: [
        { name: "restart", kind: "systemctl", verb: "restart", level: 4 },
        { name: "drain", kind: "exec", argv: ["/nonexistent/drain", "now"], level: 2 },
        { name: "nothing", kind: "exec", argv: ["/usr/bin/true"], level: 1 },
      ],
    },
  ],
});
const RESTART = "/usr/bin/systemctl restart --no-block web.service";

describe("the actuator's audit", () => {
  const audit = (answer: { isDone: boolean; output: string }, asked: string[] = []) =>
    auditActions(catalogue, (argv) => {
      asked.push(argv.join(" "));
      return Promise.resolve(answer);
    });

  test("asks sudo about the exact line without running it, and looks for each program", async () => {
    const asked: string[] = [];
    const executable = await audit({ isDone: true, output: `${RESTART}\n` }, asked);
    expect(asked).toEqual([`/usr/bin/sudo -n -l ${RESTART}`]);
    expect(executable).toEqual([
      { service: "web", action: "restart" },
      { service: "web", action: "nothing" },
    ]);
  });

  test.each([
    ["a no", { isDone: false, output: RESTART }],
    ["an empty yes", { isDone: true, output: "" }],
    [
      "a yes to another unit",
      { isDone: true, output: "/usr/bin/systemctl restart --no-block other.service" },
    ],
  ])("takes %s for a no", async (_, answer) => {
    expect(await audit(answer)).toEqual([{ service: "web", action: "nothing" }]);
  });
});

test("every action is told, with the command that a person would type; what was not named cannot be executed", () => {
  const told = privilegesOf(catalogue, [{ service: "web", action: "nothing" }], 5);
  expect(told).toMatchObject([
    { kind: "privilege", service: "web", action: "restart", isExecutable: false, command: `sudo ${RESTART}` },
    { action: "drain", isExecutable: false, command: "/nonexistent/drain now" },
    { action: "nothing", isExecutable: true },
  ]);
  expect(
    privilegesOf(catalogue, [], 5).every((fact) => fact.kind === "privilege" && !fact.isExecutable),
  ).toBe(true);
});

describe("the end of a session", () => {
  const classes = parseExitClasses(["41=auth", "1=rate-limit", "255=provider"]);
  const known = classes.ok ? classes.value : new Map<never, never>();
  test.each([
    [0, null, null],
    [41, null, "auth"],
    [255, null, "provider"],
    [2, null, "other"],
    [124, null, "timeout"],
    [126, null, "config"],
    [127, null, "config"],
    [128, null, "other"],
    [129, null, "crash"],
    [null, "SIGKILL", "crash"],
  ])("code %s, signal %s is %s", (code, signal, failureClass) => {
    expect(classOfEnd({ code, signal }, known)).toBe(failureClass);
  });

  test.each(["41", "41=sad", "0=auth", "256=auth", "=auth", "41=auth=auth"])(
    "--class %s is refused",
    (text) => {
      expect(parseExitClasses([text]).ok).toBe(false);
    },
  );

  test("is a line that the agent takes", () => {
    const line = sessionLine(
      { startedAt: 1_700_000_000_000, endedAt: 1_700_000_002_000, code: 41, signal: null },
      known,
    );
    const scene = { service: "web", now: 1, credentials: [], commands: [] };
    expect(parseLedgerLine(line.trim(), scene)).toMatchObject({
      ok: true,
      value: [{ kind: "session", class: "auth", at: parseInstant(1_700_000_002), detail: "exit code 41" }],
    });
  });
});
