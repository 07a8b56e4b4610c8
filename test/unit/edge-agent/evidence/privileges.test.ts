// The privilege audit: what the actuator finds, and what the agent tells of it.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { auditActions } from "../../../../edge-agent/src/actuator/audit.ts";
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
