// The privilege audit: what the actuator finds, and what the agent tells of it.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { auditActions } from "../../../../edge-agent/src/actuator/audit.ts";
import { type SeenUnit, UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
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

const LISTED = {
  isDone: true,
  output: `User countersign-actuator may run the following commands on web-1:

Sudoers entry:
    RunAsUsers: root
    Options: !setenv, !authenticate
    Commands:
\t${RESTART}
`,
};
const SEEN: SeenUnit = { state: { ...UNKNOWN_UNIT_STATE, activeState: "active" }, omitted: [] };

describe("the actuator's audit", () => {
  const audit = (
    answer: { isDone: boolean; output: string },
    more: { asked?: string[]; of?: Catalogue; seen?: SeenUnit } = {},
  ) =>
    auditActions(more.of ?? catalogue, {
      tryTool: (argv) => {
        more.asked?.push(argv.join(" "));
        return Promise.resolve(argv.includes("-ll") ? LISTED : answer);
      },
      look: () => Promise.resolve(more.seen ?? SEEN),
    });
  const yes = { isDone: true, output: `${RESTART}\n` };
  const reasonsOf = (audited: Awaited<ReturnType<typeof audit>>) =>
    audited.map(({ gap }) => gap?.reason ?? null);

  test("asks sudo about the exact line without running it, and looks for each program", async () => {
    const asked: string[] = [];
    const audited = await audit(yes, { asked });
    expect(asked).toEqual([`/usr/bin/sudo -n -l ${RESTART}`, "/usr/bin/sudo -n -ll"]);
    expect(audited).toEqual([
      { service: "web", action: "restart", gap: null },
      {
        service: "web",
        action: "drain",
        gap: {
          reason: "/nonexistent/drain cannot be executed by the actuator's user",
          mend: "chmod a+rx /nonexistent/drain",
        },
      },
      { service: "web", action: "nothing", gap: null },
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
    expect(reasonsOf(await audit(answer))[0]).toBe("sudo does not allow it");
  });

  test.each([
    ["not-found", "there is no unit web.service", "systemctl status web.service"],
    ["masked", "web.service is masked: nothing can start it", "systemctl unmask web.service"],
    ["bad-setting", "systemd cannot load web.service (bad-setting)", "systemctl status web.service"],
  ] as const)("finds a unit that is %s, which stops no program", async (loadState, reason, mend) => {
    const [restart, , nothing] = await audit(yes, { seen: { ...SEEN, state: { ...SEEN.state, loadState } } });
    expect(restart?.gap).toEqual({ reason, mend });
    expect(nothing?.gap).toBeNull();
  });

  test("finds what takes an act back missing", async () => {
    const [web] = catalogue.services;
    const actions = web!.actions.map((action) => ({ ...action, undo: "redo" }));
    const of = { ...catalogue, services: [{ ...web!, actions }] };
    expect(reasonsOf(await audit(yes, { of }))[0]).toBe(
      "what takes it back, redo, is no action of this service",
    );
  });

  test("needs the line by which a user's unit is seen, and a systemd of that user that runs", async () => {
    const [web] = catalogue.services;
    const users = { ...web!, manager: "user" as const, user: "bob", actions: [web!.actions[0]!] };
    const of = { ...catalogue, services: [users] };
    expect(reasonsOf(await audit({ isDone: false, output: "" }, { of }))).toEqual(["sudo does not allow it"]);
    const echo = await auditActions(of, {
      tryTool: (argv) => {
        const command = argv.slice(3).join(" ");
        const isListing = argv.includes("-ll");
        return Promise.resolve({
          isDone: true,
          output: isListing ? LISTED.output.replace(RESTART, "/usr/bin/systemctl") : command,
        });
      },
      look: () => Promise.resolve({ state: UNKNOWN_UNIT_STATE, omitted: [] }),
    });
    expect(echo[0]?.gap).toEqual({
      reason: "bob's own systemd cannot be asked: it does not run",
      mend: "loginctl enable-linger bob",
    });
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
