// What root is asked to allow: exactly the catalogue's acts, and never a character that means more than itself.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Catalogue, UnitName } from "@countersign/shared/host/catalogue";
import { privilegedActsOf, renderSudoers } from "../../../../edge-agent/src/core/actuator/sudoers.ts";
import {
  IMPLIES_NO_NEW_PRIVILEGES,
  renderUnits,
} from "../../../../edge-agent/src/core/evidence/systemd-units.ts";

function catalogueWith(services: readonly { unit?: string; verbs?: readonly string[] }[]): Catalogue {
  return {
    version: 1,
    probePort: null,
    budget: { restartsMax: 3, window: 3_600_000 },
    services: services.map(({ unit, verbs = ["restart"] }, index) => ({
      name: `service-${index}`,
      unit,
      checks: [{ kind: "unit", name: "unit", every: 5_000, timeout: 3_000, severity: "error" }],
      actions: verbs.map((verb) => ({
        name: verb,
        kind: "systemctl",
        verb,
        level: 4,
        timeout: 1_000,
      })),
    })),
  } as Catalogue;
}

const linesOf = (catalogue: Catalogue) =>
  renderSudoers(catalogue)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("Defaults"));

test("one exact line per distinct act, sorted, whatever the order in the catalogue", () => {
  const services = [
    { unit: "web.service", verbs: ["restart", "reset-failed"] },
    { unit: "db@main.service" },
    { unit: "web.service" },
  ];
  const lines = linesOf(catalogueWith(services));
  expect(lines).toEqual([
    "countersign-actuator ALL=(root) NOPASSWD: /usr/bin/systemctl reset-failed web.service",
    "countersign-actuator ALL=(root) NOPASSWD: /usr/bin/systemctl restart --no-block db@main.service",
    "countersign-actuator ALL=(root) NOPASSWD: /usr/bin/systemctl restart --no-block web.service",
  ]);
  expect(linesOf(catalogueWith(services.toReversed()))).toEqual(lines);
});

test("a catalogue without privileged acts allows nothing", () => {
  expect(linesOf(catalogueWith([{}]))).toEqual([]);
  expect(privilegedActsOf(catalogueWith([{}]))).toEqual([]);
});

describe("a hostile unit name is refused by the schema and again before it is written", () => {
  test.each([
    "*.service",
    "web-*.service",
    "web.service, /bin/sh",
    "web.service\nroot ALL=(ALL) NOPASSWD: ALL",
    "web.service ssh.service",
    "web\\.service",
    "!web.service",
    "--force.service",
    "-web.service",
    'web".service',
    "web[a-z].service",
    "web?.service",
    "web:.service",
    "web=.service",
    "#include.service",
    "../web.service",
    "wéb.service",
    "web",
    "",
    "countersign-agent.service",
  ])("%j", (unit) => {
    if (!unit.startsWith("countersign-")) expect(UnitName.safeParse(unit).success).toBe(false);
    expect(() => renderSudoers(catalogueWith([{ unit }]))).toThrow("Invariant broken");
  });
  test("and so is a hostile verb", () => {
    for (const verb of ["status", "edit", "restart *", "isolate", "mask"])
      expect(() => renderSudoers(catalogueWith([{ unit: "web.service", verbs: [verb] }]))).toThrow(
        "Invariant broken",
      );
  });
});

test("whatever the name: either an exact line or none at all", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (prefix) => {
      const unit = `${prefix}.service`;
      let text = "";
      try {
        text = renderSudoers(catalogueWith([{ unit }]));
      } catch {
        return;
      }
      const [line, ...more] = text.split("\n").filter((each) => each.startsWith("countersign-actuator ALL"));
      expect(more).toEqual([]);
      expect(line).toMatch(/ restart --no-block [A-Za-z0-9][A-Za-z0-9_.@-]*\.service$/);
      expect(line).not.toMatch(/[*?[\]\\!,]/);
    }),
    { numRuns: 500 },
  );
});

describe("units", () => {
  const units = new Map(
    renderUnits({ node: "/opt/countersign/node", agent: "/opt/countersign/a.mjs" }).map(({ name, text }) => [
      name,
      text,
    ]),
  );
  test("the agent has every protection, the actuator none that would stop sudo", () => {
    expect(units.get("countersign-agent.service")).toMatch(IMPLIES_NO_NEW_PRIVILEGES);
    expect(units.get("countersign-agent.service")).toContain("NoNewPrivileges=yes");
    expect(units.get("countersign-actuator.service")).not.toMatch(IMPLIES_NO_NEW_PRIVILEGES);
    expect(units.get("countersign-actuator.service")).toContain("PrivateNetwork=yes");
    expect(units.get("countersign-actuator.service")).not.toContain("CAP_SYS_ADMIN");
  });
  test("the socket is open to one group, which is the agent's", () => {
    expect(units.get("countersign-actuator.socket")).toContain("SocketMode=0660\n");
    expect(units.get("countersign-actuator.socket")).toContain("SocketGroup=countersign\n");
    expect(units.get("countersign-agent.service")).toContain("SupplementaryGroups=countersign\n");
  });
  test("the agent sees of homes only the folders that the catalogue's evidence names", () => {
    expect(units.get("countersign-agent.service")).toContain("\nProtectHome=yes\n");
    const watched = [
      "/home/bob/.claude/.credentials.json",
      "/home/bob/.claude/fallback",
      "/root/x",
      "/etc/bob.yaml",
      "/homestead/x",
      "/home/a b/x",
      "/home/$(id)/x",
    ];
    const [agent] = renderUnits({ node: "/n", agent: "/a" }, watched);
    const lines = agent?.text.split("\n").filter((line) => /^(?:ProtectHome|BindReadOnlyPaths)=/.test(line));
    expect(lines).toEqual([
      "ProtectHome=tmpfs",
      "BindReadOnlyPaths=-/home/bob/.claude",
      "BindReadOnlyPaths=-/root",
    ]);
  });
  test("the agent may read memory and pressure", () => {
    expect(units.get("countersign-agent.service")).not.toMatch(/^ProcSubset=/m);
  });
});
