// What root is asked to allow: exactly the catalogue's acts, and never a character that means more than itself.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Catalogue, type ServiceSpec, UnitName } from "@countersign/shared/host/catalogue";
import { privilegedActsOf, renderSudoers } from "../../../../edge-agent/src/core/actuator/sudoers.ts";
import {
  IMPLIES_NO_NEW_PRIVILEGES,
  renderUnits,
} from "../../../../edge-agent/src/core/evidence/systemd-units.ts";
import { UNIT_PROPERTIES } from "../../../../edge-agent/src/core/unit-properties.ts";

type Service = Partial<Pick<ServiceSpec, "unit" | "manager" | "user" | "container">> & {
  readonly verbs?: readonly string[];
  readonly actions?: readonly object[];
};

/** Not parsed: what is written is checked again, whatever the schema has promised. */
function catalogueWith(services: readonly Service[]): Catalogue {
  const systemctl = (verb: string) => ({ name: verb, kind: "systemctl", verb, level: 4, timeout: 1_000 });
  return {
    version: 1,
    probePort: null,
    tags: [],
    budget: { restartsMax: 3, window: 3_600_000 },
    services: services.map(({ verbs = ["restart"], actions = verbs.map(systemctl), ...service }, index) => ({
      name: `service-${index}`,
      ...service,
      checks: [{ kind: "unit", name: "unit", every: 5_000, timeout: 3_000, severity: "error" }],
      actions,
    })),
  } as unknown as Catalogue;
}

const linesOf = (catalogue: Catalogue) =>
  renderSudoers(catalogue)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("Defaults"));
const root = (command: string) => `countersign-actuator ALL=(root) NOPASSWD: NOSETENV: ${command}`;
const exec = (runAs: string | undefined, ...argv: readonly string[]) => ({
  actions: [{ kind: "exec", name: "act", level: 4, timeout: 1_000, argv, runAs }],
});

test("one exact line per distinct act, sorted, whatever the order in the catalogue", () => {
  const services = [
    { unit: "web.service", verbs: ["restart", "reset-failed"] },
    { unit: "db@main.service" },
    { unit: "web.service" },
    { unit: "net:eth0.service", verbs: ["stop"] },
  ];
  const lines = linesOf(catalogueWith(services));
  expect(lines).toEqual([
    root("/usr/bin/systemctl reset-failed web.service"),
    root("/usr/bin/systemctl restart --no-block db@main.service"),
    root("/usr/bin/systemctl restart --no-block web.service"),
    root("/usr/bin/systemctl stop --no-block net\\:eth0.service"),
  ]);
  expect(linesOf(catalogueWith(services.toReversed()))).toEqual(lines);
});

test("a user's unit and a container get one line to be seen by, and one for each act", () => {
  const gateway = { unit: "openclaw-gateway.service", manager: "user", user: "bob" } as const;
  const container = { container: { name: "n8n", engine: "docker" } } as const;
  const restart = { kind: "container", name: "restart", verb: "restart", level: 4, timeout: 1_000 };
  expect(linesOf(catalogueWith([gateway, { ...container, actions: [restart] }]))).toEqual([
    root("/usr/bin/docker container inspect n8n"),
    root("/usr/bin/docker restart n8n"),
    root("/usr/bin/systemctl --user --machine\\=bob@.host restart --no-block openclaw-gateway.service"),
    root(
      `/usr/bin/systemctl --user --machine\\=bob@.host show --timestamp\\=utc --property\\=${UNIT_PROPERTIES.join("\\,")} openclaw-gateway.service`,
    ),
  ]);
});

test("an exact argv is allowed as its user alone, with its arguments and no others", () => {
  expect(
    linesOf(catalogueWith([exec("root", "/usr/bin/nginx", "-s", "reload"), exec("bob", "/opt/flush")])),
  ).toEqual([
    'countersign-actuator ALL=(bob) NOPASSWD: NOSETENV: /opt/flush ""',
    root("/usr/bin/nginx -s reload"),
  ]);
  expect(linesOf(catalogueWith([exec(undefined, "/opt/flush")]))).toEqual([]);
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
    "web\\x2.service",
    "!web.service",
    "--force.service",
    "-web.service",
    'web".service',
    "web[a-z].service",
    "web?.service",
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
    expect(() => renderSudoers(catalogueWith([{ unit, manager: "user", user: "bob" }]))).toThrow(
      "Invariant broken",
    );
  });
  test("and so is a hostile verb", () => {
    for (const verb of ["status", "edit", "restart *", "isolate", "mask", "show", "--user"])
      expect(() => renderSudoers(catalogueWith([{ unit: "web.service", verbs: [verb] }]))).toThrow(
        "Invariant broken",
      );
  });
  test("and a hostile user", () => {
    for (const user of ["", "bob alice", "bob@.host --machine=root", "ALL", "%sudo", "#0", "../bob"])
      expect(() => renderSudoers(catalogueWith([{ unit: "web.service", manager: "user", user }]))).toThrow(
        "Invariant broken",
      );
  });
  test("and a name with an escape, which no line can allow exactly", () => {
    expect(UnitName.safeParse("foo\\x2dbar.service").success).toBe(true);
    expect(() => renderSudoers(catalogueWith([{ unit: "foo\\x2dbar.service" }]))).toThrow("Invariant broken");
  });
});

describe("a hostile container or argv is refused before it is written", () => {
  const restart = (verb = "restart") => ({ kind: "container", name: "act", verb, level: 4, timeout: 1_000 });
  test.each([
    ["an option for a name", "--all", "restart"],
    ["two names", "web db", "restart"],
    ["a wildcard", "web*", "restart"],
    ["one of ours", "countersign-agent", "restart"],
    ["nothing", "", "restart"],
    ["another verb", "web", "exec"],
    ["a verb with arguments", "web", "run --privileged"],
  ])("%s", (_why, name, verb) => {
    const service = { container: { name, engine: "docker" as const }, actions: [restart(verb)] };
    expect(() => renderSudoers(catalogueWith([service]))).toThrow("Invariant broken");
  });
  test.each([
    ["no path", "root", ["nginx", "-s", "reload"]],
    ["a blank", "root", ["/usr/bin/nginx", "-s reload"]],
    ["a wildcard", "bob", ["/usr/bin/nginx", "*"]],
    ["a regular expression", "bob", ["/usr/bin/nginx", "^a$"]],
    ["a line of its own", "bob", ["/usr/bin/nginx", "x\nroot ALL=ALL"]],
    ["everybody", "ALL", ["/usr/bin/nginx", "x"]],
    ["our own unit", "root", ["/usr/bin/setting", "--unit=countersign-agent.service"]],
    ["our own unit's file", "root", ["/usr/bin/setting", "/etc/systemd/system/countersign-agent.service"]],
    ["two units", "root", ["/usr/bin/systemctl", "restart", "--no-block", "a.service", "b.service"]],
    ["another verb of systemctl", "root", ["/usr/bin/systemctl", "edit", "a.service"]],
    ["systemctl as somebody else", "bob", ["/usr/bin/systemctl", "restart", "--no-block", "a.service"]],
    ["another systemctl", "root", ["/bin/systemctl", "restart", "--no-block", "a.service"]],
    ["another look at the system's units", "root", ["/usr/bin/systemctl", "show", "-pMainPID", "a.service"]],
    ["a look at everything", "root", ["/usr/bin/docker", "inspect", "a"]],
    ["an engine's shell", "root", ["/usr/bin/docker", "exec", "a", "/bin/sh"]],
  ])("%s", (_why, runAs, argv) => {
    expect(() => renderSudoers(catalogueWith([exec(runAs, ...argv)]))).toThrow("Invariant broken");
  });
});

test("both sudo and sudo-rs know every setting, and none lets the environment through", () => {
  const text = renderSudoers(catalogueWith([{ unit: "web.service" }]));
  expect(text).not.toMatch(/requiretty|!setenv|SETENV(?<!NOSETENV)/);
  expect(text).toContain("env_reset, !env_keep, !env_check");
});

/** sudoers' own reading of a command: words at blanks, one character behind each backslash. */
function wordsOf(line: string): readonly string[] {
  return (line.split("NOSETENV: ")[1] ?? "").split(" ").map((word) => word.replaceAll(/\\(.)/g, "$1"));
}

test("whatever the name: either an exact line or none at all", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.constantFrom(undefined, "bob"),
      (prefix, user) => {
        const unit = `${prefix}.service`;
        let text = "";
        try {
          text = renderSudoers(
            catalogueWith([user === undefined ? { unit } : { unit, manager: "user", user }]),
          );
        } catch {
          return;
        }
        const lines = text.split("\n").filter((each) => each.startsWith("countersign-actuator ALL"));
        expect(lines).toHaveLength(user === undefined ? 1 : 2);
        const [line = ""] = lines;
        expect(wordsOf(line).slice(-3)).toEqual(["restart", "--no-block", unit]);
        expect(line).toMatch(/ restart --no-block [A-Za-z0-9](?:[A-Za-z0-9_.@-]|\\:)*\.service$/);
        expect(line).not.toMatch(/[*?[\]!]/);
      },
    ),
    { numRuns: 500 },
  );
});

test("whatever the argv: a line reads back as exactly this argv, or there is none", () => {
  const word = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.stringMatching(/^[A-Za-z0-9_./@%+:=,-]{1,12}$/),
  );
  let written = 0;
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), fc.constantFrom("root", "bob"), (args, runAs) => {
      const argv = ["/opt/act", ...args];
      let lines: readonly string[];
      try {
        lines = linesOf(catalogueWith([exec(runAs, ...argv)]));
      } catch {
        return;
      }
      written += 1;
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`ALL=(${runAs}) NOPASSWD: NOSETENV: `);
      expect(wordsOf(lines[0] ?? "")).toEqual(args.length === 0 ? ["/opt/act", '""'] : argv);
    }),
    { numRuns: 1_000 },
  );
  expect(written).toBeGreaterThan(100);
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
